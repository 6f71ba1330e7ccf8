import { onScopeDispose, ref, type Ref, watch } from 'vue'

/**
 * Seconds that are left of a wait, as the server told it: begins anew whenever `of` gives another one. Counted by the time
 * that passes here, whatever the clock of this machine says.
 */
export function useCountdown(of: () => { seconds: number }): Ref<number> {
  const left = ref(0)
  let end = 0
  let timer: ReturnType<typeof setInterval> | undefined

  function stop(): void {
    clearInterval(timer)
    timer = undefined
  }
  function tick(): void {
    left.value = Math.max(0, Math.ceil((end - performance.now()) / 1000))
    if (left.value === 0) stop()
  }
  watch(
    of,
    ({ seconds }) => {
      stop()
      end = performance.now() + seconds * 1000
      tick()
      if (left.value > 0) timer = setInterval(tick, 250)
    },
    { immediate: true },
  )
  onScopeDispose(stop)
  return left
}
