import { onScopeDispose, watch } from 'vue'
import { isOnItsWay, standing } from './addresses'
import { type Address, type Preferences, readPreferences } from './api'

/** How long until one looks again, in milliseconds. */
const PAUSE = 3_000

/** Looks after codes that are on their way until they have left, or will not. */
export function useArrival(present: () => Preferences, changed: (address: Address) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: AbortController | undefined
  const open = (): Address[] => present().addresses.filter(isOnItsWay)

  function stop(): void {
    clearTimeout(timer)
    running?.abort()
  }
  async function look(): Promise<void> {
    running = new AbortController()
    // Who cannot be reached now is asked again.
    const now = await readPreferences(running.signal).catch(() => undefined)
    for (const one of now ? open() : []) {
      const next = now && standing(now, one.channel)
      if (next && next.code?.delivery !== one.code?.delivery) changed(next)
    }
    if (!running.signal.aborted && open().length > 0) timer = setTimeout(() => void look(), PAUSE)
  }
  watch(
    () => open().length > 0,
    (begins) => {
      stop()
      if (begins) timer = setTimeout(() => void look(), PAUSE)
    },
    { immediate: true },
  )
  onScopeDispose(stop)
}
