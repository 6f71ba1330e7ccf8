/** What a timeline needs of an entry; events of the log and entries of a file both have it. */
export interface TimelineEntry {
  id: string
  at: string
  title: string
  actor?: string | null
  reason?: string | null
  /** Place in the evidence log; `null` while it is not sealed, absent where it is not told. */
  log_index?: number | null
}
