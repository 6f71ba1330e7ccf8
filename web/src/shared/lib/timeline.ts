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

/** An entry that stands for several like it, one after another: thirteen uploads are one line. */
export type Folded<Entry> = Entry & { times: number }

/** Folds what happened several times in a row by the same person; the newest stands for all. Reasons are never hidden. */
export function fold<Entry extends TimelineEntry>(entries: readonly Entry[]): Folded<Entry>[] {
  const folded: Folded<Entry>[] = []
  for (const entry of entries) {
    const last = folded.at(-1)
    if (last && last.title === entry.title && last.actor === entry.actor && !last.reason && !entry.reason) last.times += 1
    else folded.push({ ...entry, times: 1 })
  }
  return folded
}
