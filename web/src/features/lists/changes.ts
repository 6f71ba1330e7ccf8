import type { Duty, PublishedList, Review } from './api'

/** The members of a line that people write. */
export const members = ['name', 'text', 'basis', 'liability'] as const
export type Member = (typeof members)[number]

export interface Change {
  kind: 'added' | 'removed' | 'changed' | 'same'
  before?: Duty
  after?: Duty
  /** What of a changed line is another. */
  members: Member[]
}

const written = (duty: Duty, member: Member): string => (duty[member] ?? '').trim()
const differing = (one: Duty, other: Duty): Member[] => members.filter((member) => written(one, member) !== written(other, member))

/**
 * What became of each line: known again by its name, or, when it was renamed, by its text. In the order of the new list,
 * what was taken out at the end.
 */
export function compare(before: readonly Duty[], after: readonly Duty[]): Change[] {
  const left = new Set(before)
  const found = new Map<Duty, Duty>()
  for (const member of ['name', 'text'] as const) {
    for (const duty of after) {
      if (found.has(duty)) continue
      const old = [...left].find((one) => written(one, member) !== '' && written(one, member) === written(duty, member))
      if (!old) continue
      found.set(duty, old)
      left.delete(old)
    }
  }
  const changes = after.map((duty): Change => {
    const old = found.get(duty)
    if (!old) return { kind: 'added', after: duty, members: [] }
    const other = differing(old, duty)
    return { kind: other.length > 0 ? 'changed' : 'same', before: old, after: duty, members: other }
  })
  return [...changes, ...[...left].map((old): Change => ({ kind: 'removed', before: old, members: [] }))]
}

export const counted = (changes: readonly Change[]): Record<Change['kind'], number> => {
  const counts = { added: 0, removed: 0, changed: 0, same: 0 }
  for (const { kind } of changes) counts[kind] += 1
  return counts
}

/** Lines stand in another order, and nothing else is different. */
export const onlyMoved = (before: readonly Duty[], after: readonly Duty[]): boolean => {
  const changes = compare(before, after)
  return changes.every(({ kind }) => kind === 'same') && changes.some(({ before: old }, at) => old !== before[at])
}

/** What the version says that stood before one, if one did. Versions come newest first. */
export const precedingList = (versions: readonly PublishedList[], number: number): PublishedList | undefined =>
  versions.filter((one) => one.number < number).sort((a, b) => b.number - a.number)[0]

/** Against which list a review is read: what the server says, else an open one against the list in force, a decided one against the version before its own. */
export function comparedWith(review: Review & { before?: readonly Duty[] }, list: { current: PublishedList; versions: readonly PublishedList[] }): readonly Duty[] {
  if (review.before) return review.before
  if (review.state !== 'approved' || typeof review.number !== 'number') return list.current.duties
  return (precedingList(list.versions, review.number) ?? list.current).duties
}

/** `2026Q4` in words. */
export function quarterParts(quarter: string): [string, string] {
  const [year = '', number = ''] = quarter.split('Q')
  return [year, number]
}

/** The quarters up to one, newest first. */
export function quartersUpTo(quarter: string, howMany: number): string[] {
  const [year, number] = quarterParts(quarter).map(Number)
  const last = (year ?? 0) * 4 + (number ?? 1) - 1
  return Array.from({ length: howMany }, (_, back) => last - back).map((at) => `${String(Math.floor(at / 4))}Q${String((at % 4) + 1)}`)
}
