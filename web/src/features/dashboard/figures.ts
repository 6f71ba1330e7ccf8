import { daysBetween } from '@/shared/lib/format'
import { dashboard as text } from '@/locales/zh-CN/dashboard'
import type { Days, Departments, Regions, Stages } from './api'

type Stage = Stages['items'][number]
type Region = Regions['items'][number]
type Status = Region['licences'][number]['status']

/** Address of a list; empty filters are left out. */
export function listOf(path: string, filters: Record<string, string | undefined>): string {
  const set = Object.entries(filters).filter((entry): entry is [string, string] => Boolean(entry[1]))
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set).toString()}`
}

const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number => items.reduce((all, item) => all + of(item), 0)

/** Applications of a stage that are neither late nor near their day. */
export const calm = ({ count, late, soon }: Stage): number => count - late - soon

/** All stages together. */
export const whole = ({ items }: Stages): { count: number; late: number; today: number; soon: number; held: number } => ({
  count: sum(items, (one) => one.count),
  late: sum(items, (one) => one.late),
  today: sum(items, (one) => one.today),
  soon: sum(items, (one) => one.soon),
  held: sum(items, (one) => one.held),
})

/** What was brought to an end in the span, by any of the three decisions. */
export const decided = ({ items }: Days): number => sum(items, (one) => one.granted + one.refused + one.not_accepted)

/** Share of the reviews that were handed in within their limit, in percent; nothing where none was handed in. */
export function inTime({ items }: Departments): number | null {
  const done = sum(items, (one) => one.done)
  return done === 0 ? null : (100 * (done - sum(items, (one) => one.done_late))) / done
}

/** The title: what has to be known first. */
export function finding(stages: Stages, departments: Departments | null): string {
  const { count, late, soon } = whole(stages)
  if (count === 0) return text.finding.nothing
  if (late === 0) return soon === 0 ? text.finding.calm(count) : text.finding.soon(soon)
  const slow = [...(departments?.items ?? [])].sort((a, b) => b.open_late - a.open_late)[0]
  return slow && slow.open_late > 0 ? text.finding.stuck(late, slow.open_late, slow.name) : text.finding.late(late)
}

/** Nine of ten reviews took up to so long, and that is longer than the limit. */
export const beyond = ({ p90_used: used, limit_days: limit }: Departments['items'][number]): boolean => typeof used === 'number' && typeof limit === 'number' && used > limit

/** Days put together where there are too many to tell apart: weeks from 62 days on. */
export interface Period {
  from: string
  until: string
  submitted: number
  accepted: number
  granted: number
  refused: number
  not_accepted: number
}
const TOO_MANY = 62
const WEEK = 7
export function periods({ items }: Days): Period[] {
  const size = items.length > TOO_MANY ? WEEK : 1
  const found: Period[] = []
  for (let at = 0; at < items.length; at += size) {
    const days = items.slice(at, at + size)
    const [first, last] = [days[0], days.at(-1)]
    if (!first || !last) continue
    found.push({
      from: first.day,
      until: last.day,
      submitted: sum(days, (one) => one.submitted),
      accepted: sum(days, (one) => one.accepted),
      granted: sum(days, (one) => one.granted),
      refused: sum(days, (one) => one.refused),
      not_accepted: sum(days, (one) => one.not_accepted),
    })
  }
  return found
}

/** First day of a span that ends today. */
export function spanOf(today: string, days: number): { from: string; until: string } {
  const first = new Date(Date.parse(`${today}T00:00:00Z`) - (days - 1) * 86_400_000)
  return { from: first.toISOString().slice(0, 10), until: today }
}
export const lengthOf = (from: string, until: string): number => daysBetween(from, until) + 1

/** What the map can show of a district. */
export const measures = ['valid', 'expiring', 'expired', 'enterprises', 'open'] as const
export type Measure = (typeof measures)[number]

const licencesOf = (region: Region, status: Status): number => region.licences.find((one) => one.status === status)?.count ?? 0
export function valueOf(region: Region, measure: Measure): number {
  if (measure === 'enterprises') return region.enterprises.active
  return measure === 'open' ? region.applications_open : licencesOf(region, measure)
}
/** The list behind the figure of a district. */
export function regionList(region: string, measure: Measure, industry: string | undefined): string {
  if (measure === 'enterprises') return listOf('/enterprises', { region, state: 'active' })
  if (measure === 'open') return listOf('/applications', { region, open: 'true', industry })
  return listOf('/licences', { region, status: measure, industry })
}

/** Upper ends of four classes of equal width, rounded up to something that is read easily. */
export function classes(values: readonly number[], many = 4): number[] {
  const most = Math.max(0, ...values)
  const step = Math.max(1, Math.ceil(most / many))
  const round = step > 20 ? 10 : step > 5 ? 5 : 1
  const width = Math.ceil(step / round) * round
  return Array.from({ length: many }, (_, at) => width * (at + 1))
}
