import { api, call, once, type Schema } from '@/api/client'
import type { Tone } from '@/shared/components/StateBadge.vue'
import type { Act } from '@/shared/lib/act'
import { day, daysBetween, legalDay } from '@/shared/lib/format'
import { desk as text } from '@/locales/zh-CN/desk'
import { licences as list } from '@/locales/zh-CN/licences'

export type Licence = Schema<'LicenceView'>
export type Duty = Schema<'LicenceDuty'>
export type CaseRow = Schema<'LicenceCaseView'>
export type FilingRow = Schema<'LicenceFilingView'>

/** How a licence stands, said plainly to an officer. */
export function statement(licence: Licence, today: string): { tone: '' | 'fine' | 'soon' | 'late'; line: string } {
  const words = text.status
  const { standing, valid_until: until } = licence
  const since = standing ? day(standing.since) : ''
  const left = daysBetween(today, until)
  switch (licence.status) {
    case 'not_yet_valid':
      return { tone: '', line: words.not_yet_valid(day(licence.valid_from)) }
    case 'valid':
      return { tone: 'fine', line: words.valid(day(until), left) }
    case 'in_transition':
      return { tone: 'soon', line: words.in_transition(day(licence.transition_until ?? until)) }
    case 'temporary':
      return { tone: 'soon', line: words.temporary(day(until)) }
    case 'expiring':
      return { tone: 'soon', line: words.expiring(day(until), left) }
    case 'expired':
      return { tone: 'late', line: words.expired(day(until), -left) }
    case 'suspended':
      return { tone: 'late', line: words.suspended(since, day(standing?.until ?? until)) }
    case 'revoked':
    case 'rescinded':
    case 'withdrawn':
      return { tone: 'late', line: words[licence.status](since) }
    case 'cancelled':
      return { tone: '', line: words.cancelled(since) }
    case 'replaced':
      return { tone: '', line: words.replaced(standing?.replaced_by ?? '') }
    default:
      return licence.void_reason ? { tone: 'late', line: words.voided(licence.void_reason) } : { tone: '', line: words.reserved }
  }
}

/** What stands under the last day in a list: days only where it still counts, else what came before it. */
export function untilNote({ status, standing, valid_from: from, valid_until: until }: Licence, today: string): string {
  switch (status) {
    case 'valid':
    case 'expiring':
    case 'temporary':
    case 'in_transition':
    case 'expired': {
      const days = daysBetween(today, until)
      return days < 0 ? list.past(-days) : list.left(days)
    }
    case 'not_yet_valid':
      return list.begins(day(from))
    case null:
    case undefined:
      return ''
    default:
      return standing ? list.since(day(standing.since), list.statuses[status]) : ''
  }
}

/** A loss that is declared and neither found again nor replaced. */
export function openLoss(filings: readonly FilingRow[]): { id: string; from: string; until: string } | undefined {
  for (const { id, matter } of filings) {
    if (matter.kind === 'loss' && !matter.found_on) return { id, from: matter.notice_from, until: matter.notice_until }
  }
  return undefined
}

/** A damage that was reported of the paper in force, until a new one is made. */
export interface Damage {
  id: string
  /** Until when the exchange was to begin; absent once it has. */
  due?: string | undefined
  late: boolean
  standIn?: string | undefined
}

export function openDamage(filings: readonly FilingRow[], { past }: Pick<Licence, 'past'>, today: string): Damage | undefined {
  for (const { id, at, matter, due_on: due } of filings) {
    if (matter.kind !== 'damage' && matter.kind !== 'self_check') continue
    if (!matter.exchange || past.some(({ replaced_on: on }) => on >= legalDay(at))) continue
    const open = !matter.exchange.begun_at
    return { id, due: open ? matter.exchange.due : undefined, late: open && !!due && due < today, standIn: (matter.kind === 'damage' && matter.stand_in) || undefined }
  }
  return undefined
}

/** Duties under the headings of how they stand: what was missed, what comes (nearest first), what was done (newest first). */
export function grouped(duties: readonly Duty[], today: string): { key: 'missed' | 'near' | 'later' | 'done'; rows: Duty[] }[] {
  const rows = (...states: Duty['state'][]): Duty[] => duties.filter(({ state }) => states.includes(state))
  const by = (sign: 1 | -1) => (a: Duty, b: Duty): number => sign * a.due.localeCompare(b.due)
  return [
    { key: 'missed' as const, rows: rows('missed').sort(by(-1)) },
    { key: 'near' as const, rows: rows('due').filter(({ due }) => daysBetween(today, due) <= MONTH).sort(by(1)) },
    { key: 'later' as const, rows: rows('due').filter(({ due }) => daysBetween(today, due) > MONTH).sort(by(1)) },
    { key: 'done' as const, rows: rows('done', 'done_late').sort(by(-1)) },
  ].filter((group) => group.rows.length > 0)
}
/** As far ahead as a holder is shown what comes. */
const MONTH = 31
export const dutyTones: Readonly<Record<Duty['state'], Tone>> = { due: 'active', done: 'fine', done_late: 'soon', missed: 'late' }

/** A day so many years away; 29 February becomes 1 March. */
export function yearsFrom(today: string, years: number): string {
  const date = new Date(`${today}T12:00:00Z`)
  date.setUTCFullYear(date.getUTCFullYear() + years)
  return date.toISOString().slice(0, 10)
}

const MEASURES = Object.keys(text.acts.measures) as (keyof typeof text.acts.measures)[]
/** Measures for which a case may be opened now. */
export const measuresOf = ({ allowed_actions: actions }: Licence): (keyof typeof text.acts.measures)[] => MEASURES.filter((one) => actions.includes(`case.${one}`))

export type Desk = 'hand_over' | 'review_year'
export const acts: readonly Desk[] = ['hand_over', 'review_year']

/** What the acts of the desk ask for. */
export function actOf(action: Desk, licence: Licence, today: string): Act<FilingRow> {
  const at = { params: { path: { id: licence.id } } }
  if (action === 'hand_over') {
    const words = text.acts.hand_over
    return {
      ...words,
      questions: [
        { name: 'recipient', label: words.recipient },
        { name: 'identity', label: words.identity, offers: words.identities },
        { name: 'method', label: words.method, kind: 'select', start: words.methods[0], options: words.methods.map((value) => ({ value, text: value })) },
        { name: 'place', label: words.place },
      ],
      send: ({ recipient = '', identity = '', method = '', place = '' }, key) => call(api.POST('/api/v1/licences/{id}/handovers', { ...at, headers: once(key), body: { recipient, identity, method, place } })),
    }
  }
  const words = text.acts.review_year
  return {
    ...words,
    questions: [
      { name: 'year', label: words.year, kind: 'number', start: today.slice(0, 4) },
      { name: 'result', label: words.result, kind: 'select', start: words.results[0], options: words.results.map((value) => ({ value, text: value })) },
      { name: 'opinion', label: words.opinion, kind: 'area' },
    ],
    send: ({ year = '', result = '', opinion = '' }, key) => call(api.POST('/api/v1/licences/{id}/annual-reviews', { ...at, headers: once(key), body: { year: Number(year), result, opinion } })),
  }
}
