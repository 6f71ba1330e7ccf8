import { computed, onScopeDispose, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef, type WatchSource } from 'vue'
import { asProblem, isAbort, type Problem } from '@/api/problem'

/** A page of a list, as the server sends it. */
export interface Slice<Row> {
  items: Row[]
  next?: string | null
}

export interface Paged<Row> {
  rows: ShallowRef<Row[]>
  loading: Ref<boolean>
  problem: ShallowRef<Problem | null>
  /** 1 for the first page. */
  page: ComputedRef<number>
  hasNext: ComputedRef<boolean>
  /** How many rows stand on the pages before. */
  before: ComputedRef<number>
  next: () => Promise<void>
  previous: () => Promise<void>
  reload: () => Promise<void>
}

/**
 * A list that pages by key: the server names the next page, the pages before are remembered. Begins again at the first
 * page when one of `sources` (filters, order) changes. Give it to `WorkTable`.
 */
export function usePaged<Row>(read: (cursor: string | undefined, signal: AbortSignal) => Promise<Slice<Row>>, ...sources: WatchSource[]): Paged<Row> {
  const rows = shallowRef<Row[]>([])
  const loading = ref(true)
  const problem = shallowRef<Problem | null>(null)
  /** Cursors of the pages up to this one; the first page has none. */
  const trail = shallowRef<(string | undefined)[]>([undefined])
  /** How many rows each page had, the one shown last. */
  const lengths = shallowRef<number[]>([0])
  const following = ref<string | null>(null)
  let running: AbortController | undefined

  async function show(to: (string | undefined)[]): Promise<void> {
    running?.abort()
    const own = new AbortController()
    running = own
    loading.value = true
    problem.value = null
    try {
      const slice = await read(to[to.length - 1], own.signal)
      if (own.signal.aborted) return
      rows.value = slice.items
      following.value = slice.next ?? null
      trail.value = to
      lengths.value = [...lengths.value.slice(0, to.length - 1), slice.items.length]
    } catch (error) {
      if (own.signal.aborted || isAbort(error)) return
      problem.value = asProblem(error)
    }
    loading.value = false
  }

  watch(sources, () => void show([undefined]))
  onScopeDispose(() => running?.abort())
  void show([undefined])

  return {
    rows,
    loading,
    problem,
    page: computed(() => trail.value.length),
    hasNext: computed(() => following.value !== null),
    before: computed(() => lengths.value.slice(0, -1).reduce((sum, length) => sum + length, 0)),
    next: async () => {
      if (following.value !== null) await show([...trail.value, following.value])
    },
    previous: async () => {
      if (trail.value.length > 1) await show(trail.value.slice(0, -1))
    },
    reload: () => show(trail.value),
  }
}
