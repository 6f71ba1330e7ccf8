import { computed, ref, watch, type ComputedRef, type Ref } from 'vue'
import { useFilters, type Filters } from './useFilters'
import { usePaged, type Paged, type Slice } from './usePaged'

const PAGE = 50

/** What every page of a list sends. */
export interface PageQuery {
  limit: number
  cursor?: string
}

export interface WorkList<Row, Name extends string> extends Filters<Name> {
  /** What stands in the search field; it counts once `search` is called. */
  typed: Ref<string>
  search: () => void
  /** Sets exactly these filters, as a saved view does. */
  choose: (view: Record<string, string>) => void
  list: Paged<Row>
  /** The heading: how many there are. */
  title: ComputedRef<string>
  /** Address of the workbook with the same filters. */
  exportUrl: ComputedRef<string>
  /** For `WorkTable`. */
  paging: ComputedRef<{ page: number; hasNext: boolean; before: number; next: () => void; previous: () => void }>
}

/** A list with filters in the address, a search field, pages by key and a workbook. */
export function useWorkList<Row, Name extends string, Query extends object>(options: {
  names: readonly ('q' | Name)[]
  /** Path of the workbook. */
  workbook: string
  /** Filters that are set, as the server wants them. */
  query: (set: Partial<Record<'q' | Name, string>>) => Query
  read: (query: Query & PageQuery, signal: AbortSignal) => Promise<Slice<Row>>
  words: { title: string; page: (page: number) => string; heading: (count: number, more: boolean) => string; waiting?: (count: number) => string }
  /** Rows that wait for the person are told first. */
  waits?: (row: Row) => boolean
}): WorkList<Row, 'q' | Name> {
  const { names, words } = options
  const filters = useFilters<'q' | Name>(names)
  const { values, set } = filters
  const typed = ref<string>(values.q)
  watch(
    () => values.q,
    (q) => (typed.value = q),
  )
  const query = computed(() => options.query(set.value))
  const list = usePaged<Row>((cursor, signal) => options.read({ ...query.value, limit: PAGE, ...(cursor ? { cursor } : {}) }, signal), query)
  const mine = computed(() => (options.waits ? list.rows.value.filter(options.waits).length : 0))
  return {
    ...filters,
    typed,
    search: () => {
      values.q = typed.value.trim() as (typeof values)['q']
    },
    choose: (view) => {
      for (const name of names) values[name] = (view[name] ?? '') as (typeof values)['q']
    },
    list,
    title: computed(() => {
      if (list.loading.value && list.rows.value.length === 0) return words.title
      if (list.page.value > 1) return words.page(list.page.value)
      return mine.value > 0 && words.waiting ? words.waiting(mine.value) : words.heading(list.rows.value.length, list.hasNext.value)
    }),
    exportUrl: computed(() => `${options.workbook}?${new URLSearchParams(Object.entries(query.value).map(([name, value]) => [name, String(value)])).toString()}`),
    paging: computed(() => ({ page: list.page.value, hasNext: list.hasNext.value, before: list.before.value, next: () => void list.next(), previous: () => void list.previous() })),
  }
}
