import { onScopeDispose, watch } from 'vue'
import { useSession } from '@/stores/session'

/**
 * Hears of what others do to a thing. The server names its events `progress` and begins with how things stand, which has
 * just been read; `happened` is called for everything after that. A new login begins anew.
 */
export function useProgress(url: () => string, happened: () => void): void {
  const session = useSession()
  let source: EventSource | undefined
  let known: string | undefined

  function heard(event: MessageEvent<string>): void {
    const before = known
    known = event.data
    if (before !== undefined && before !== known) happened()
  }
  watch(
    [url, () => session.ended],
    ([address, ended]) => {
      source?.close()
      known = undefined
      if (ended) return
      source = new EventSource(address)
      source.addEventListener('progress', heard)
    },
    { immediate: true },
  )
  onScopeDispose(() => source?.close())
}
