import { onScopeDispose, shallowRef, watch, type ShallowRef, type WatchSource } from 'vue'
import { asProblem, isAbort, type Problem } from '@/api/problem'

/** What a page knows of what it shows. */
export type Load<Value> =
  | { state: 'loading' }
  | { state: 'failed'; problem: Problem }
  | { state: 'ready'; value: Value }

export interface Loaded<Value> {
  load: ShallowRef<Load<Value>>
  /** Reads again; what is shown stays until the new value is there. */
  reload: () => Promise<void>
  /** Puts in a value that came from elsewhere, such as the answer of an act. */
  set: (value: Value) => void
}

/** Reads something when the page is made, and again when one of `sources` changes. Give it to `LoadView`. */
export function useLoad<Value>(read: (signal: AbortSignal) => Promise<Value>, ...sources: WatchSource[]): Loaded<Value> {
  const load = shallowRef<Load<Value>>({ state: 'loading' })
  let running: AbortController | undefined

  async function reload(): Promise<void> {
    running?.abort()
    const own = new AbortController()
    running = own
    if (load.value.state === 'failed') load.value = { state: 'loading' }
    try {
      const value = await read(own.signal)
      if (!own.signal.aborted) load.value = { state: 'ready', value }
    } catch (error) {
      if (!own.signal.aborted && !isAbort(error)) load.value = { state: 'failed', problem: asProblem(error) }
    }
  }

  watch(sources, () => {
    load.value = { state: 'loading' }
    void reload()
  })
  onScopeDispose(() => running?.abort())
  void reload()

  const set = (value: Value): void => {
    running?.abort()
    load.value = { state: 'ready', value }
  }
  return { load, reload, set }
}
