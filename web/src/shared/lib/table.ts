/** A column of a work list. Cells are given by the slot `cell-<key>`; without one the row's member is shown. */
export interface Column {
  key: string
  label: string
  /** Name under which the server sorts; absent where it cannot. */
  sort?: string
  /** `end` for figures. */
  align?: 'start' | 'end'
  /** Width on the desk, such as `136px`. */
  width?: string
  /** 1 is shown wherever there is room for a table, 2 from 1024 px, 3 from 1280 px. */
  rank?: 1 | 2 | 3
  /** What it is on a phone, where rows are stacked: the heading, a line with its name, a line without, or nothing. */
  stacked?: 'title' | 'field' | 'line' | 'none'
  /** Place among the lines of a stacked row, where it is not that of the table. */
  stackOrder?: number
  /** Whether people may take it out. */
  fixed?: boolean
}

/** How rows are ordered. */
export interface Order {
  by: string
  descending: boolean
}

/** Rows under a heading, such as 已超期. */
export interface Band<Row> {
  key: string
  name: string
  rows: readonly Row[]
}

/** Columns that are shown after what a person took out. */
export const visible = (columns: readonly Column[], hidden: readonly string[]): Column[] =>
  columns.filter((column) => column.fixed === true || !hidden.includes(column.key))

/** The next order when a heading is pressed: ascending, descending, and around again. */
export function turn(order: Order | undefined, by: string): Order {
  return order?.by === by ? { by, descending: !order.descending } : { by, descending: false }
}

/** The selection after one row was ticked or unticked. */
export const tick = (selected: readonly string[], key: string, on: boolean): string[] =>
  on ? [...selected.filter((one) => one !== key), key] : selected.filter((one) => one !== key)

/** The selection after all rows of the page were ticked or unticked; rows of other pages keep theirs. */
export function tickAll(selected: readonly string[], page: readonly string[], on: boolean): string[] {
  const others = selected.filter((key) => !page.includes(key))
  return on ? [...others, ...page] : others
}
