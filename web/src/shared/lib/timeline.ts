import { legalDay } from '@/shared/lib/format'
import { shared } from '@/locales/zh-CN/shared'

/** What a timeline needs of an entry; events of the log and entries of a file both have it. */
export interface TimelineEntry {
  id: string
  at: string
  title: string
  actor?: string | null
  /** The account that acted; absent for the system, and where it is not told. */
  account?: string | null
  reason?: string | null
  /** Stable kind, such as `session.opened`. */
  kind?: string
  /** Place in the evidence log; `null` while it is not sealed, absent where it is not told. */
  log_index?: number | null
}

/** Who acted: a person, or the part of the system that did. The file of an enterprise tells no accounts; there the name alone decides. */
export function actorOf({ account, actor }: Pick<TimelineEntry, 'account' | 'actor'>): { name: string; system: boolean } {
  const name = actor ?? ''
  const part = account ? undefined : (shared.timeline.parts as Record<string, string>)[name]
  return part === undefined ? { name, system: false } : { name: shared.timeline.system(part), system: true }
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

/** Whether an entry only says who came in or who looked. */
export const looking = ({ kind = '' }: Pick<TimelineEntry, 'kind'>): boolean => kind.startsWith('session.') || kind.endsWith('_read')

/** Folds further: who looked or came in several times on one day is one line of that day, whatever lies between. */
export function foldDaily<Entry extends TimelineEntry>(entries: readonly Entry[]): Folded<Entry>[] {
  const seen = new Map<string, Folded<Entry>>()
  const kept: Folded<Entry>[] = []
  for (const entry of entries) {
    const name = `${legalDay(entry.at)} ${entry.title} ${entry.actor ?? ''}`
    const known = looking(entry) && !entry.reason ? seen.get(name) : undefined
    if (known) {
      known.times += 1
      continue
    }
    const last = kept.at(-1)
    if (last && !looking(entry) && last.title === entry.title && last.actor === entry.actor && !last.reason && !entry.reason) {
      last.times += 1
      continue
    }
    const line = { ...entry, times: 1 }
    kept.push(line)
    if (looking(entry) && !entry.reason) seen.set(name, line)
  }
  return kept
}
