import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef, type WatchSource } from 'vue'
import { asProblem, isAbort, type Problem } from '@/api/problem'
import { useLoad, type Loaded } from './useLoad'
import type { Slice } from './usePaged'

export interface Older<Row> extends Loaded<Row[]> {
  /** There are older ones. */
  more: ComputedRef<boolean>
  /** Older ones are being read. */
  busy: Ref<boolean>
  /** Why older ones could not be read; what is shown stays. */
  problem: ShallowRef<Problem | null>
  older: () => Promise<void>
}

/** What is told newest first, such as a timeline: older rows are added beneath when they are asked for. Reading again begins anew. */
export function useOlder<Row>(read: (cursor: string | undefined, signal?: AbortSignal) => Promise<Slice<Row>>, ...sources: WatchSource[]): Older<Row> {
  const following = ref<string | null>(null)
  const busy = ref(false)
  const problem = shallowRef<Problem | null>(null)
  const { load, reload, set } = useLoad(async (signal) => {
    const { items, next } = await read(undefined, signal)
    following.value = next ?? null
    problem.value = null
    return items
  }, ...sources)

  async function older(): Promise<void> {
    const shown = load.value
    if (shown.state !== 'ready' || following.value === null || busy.value) return
    busy.value = true
    problem.value = null
    try {
      const { items, next } = await read(following.value)
      // What was read anew meanwhile stands.
      if (load.value === shown) {
        load.value = { state: 'ready', value: [...shown.value, ...items] }
        following.value = next ?? null
      }
    } catch (error) {
      if (load.value === shown && !isAbort(error)) problem.value = asProblem(error)
    } finally {
      busy.value = false
    }
  }
  return { load, reload, set, more: computed(() => following.value !== null), busy, problem, older }
}
