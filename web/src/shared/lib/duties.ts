import type { Schema } from '@/api/client'
import { daysBetween } from '@/shared/lib/format'
import { duties as text } from '@/locales/zh-CN/duties'

/** What a holder owes. How it stands and until when, the server says; here it is put in order and led to its place. */
export type Duty = Schema<'LicenceDuty'>

export const BANDS = ['late', 'week', 'month', 'later', 'done', 'gone'] as const
export type Band = (typeof BANDS)[number]

/** Done each month or each year: once its time is over nobody can do it any more. */
const TIMELY: readonly string[] = ['self_check', 'annual_review']

export function bandOf({ key, state, due }: Pick<Duty, 'key' | 'state' | 'due'>, today: string): Band {
  if (state === 'done' || state === 'done_late') return 'done'
  if (state === 'missed' && TIMELY.includes(key)) return 'gone'
  const left = daysBetween(today, due)
  if (state === 'missed' || left < 0) return 'late'
  return left <= 7 ? 'week' : left <= 31 ? 'month' : 'later'
}

/** The bands that have something in them, the most pressing first. */
export function banded(list: readonly Duty[], today: string): { band: Band; duties: Duty[] }[] {
  return BANDS.map((band) => ({ band, duties: list.filter((one) => bandOf(one, today) === band) })).filter(({ duties }) => duties.length > 0)
}

/** What waits for the holder now, by deadline. */
export const pressing = (list: readonly Duty[], today: string): Duty[] =>
  list.filter((one) => ['late', 'week', 'month'].includes(bandOf(one, today)) && !(one.key === 'annual_review')).sort((a, b) => a.due.localeCompare(b.due))

/** Missed months of the same duty for the same licence, told in one line. */
export interface Gone {
  key: string
  licence: string
  number: string
  first: string
  last: string
  count: number
}

export function goneOf(list: readonly Duty[]): Gone[] {
  const found = new Map<string, Gone>()
  for (const { key, licence, number, title, due } of [...list].sort((a, b) => a.due.localeCompare(b.due))) {
    const name = `${key}.${licence}`
    const known = found.get(name)
    if (known) Object.assign(known, { last: title, count: known.count + 1 })
    else found.set(name, { key: due + name, licence, number, first: title, last: title, count: 1 })
  }
  return [...found.values()]
}

/** What is known of a licence where its duties are shown. */
export type Held = Pick<Schema<'LicenceView'>, 'id' | 'industry' | 'allowed_actions'>

export interface Way {
  to: string
  act: string
  /** Nothing can be done about it here and now. */
  note?: string
}

const acts: Readonly<Record<string, string>> = text.act

/** Where a duty is done. */
export function wayOf(duty: Duty, held: Held | undefined, today: string): Way {
  const act = acts[duty.key] ?? text.act.other
  const licence = `/licences/${duty.licence}`
  if (duty.application && duty.state !== 'done') return { to: `/applications/${duty.application}`, act: text.act.running }
  if (duty.filing) return { to: `/filings/${duty.filing}`, act: duty.state === 'done' || duty.state === 'done_late' ? text.act.other : act }
  switch (duty.key) {
    case 'renewal':
      return held ? { to: `/applications/new/${held.industry}.renewal?licence=${duty.licence}`, act } : { to: licence, act }
    case 'self_check':
      if (duty.due.slice(0, 7) === today.slice(0, 7) && held?.allowed_actions.includes('self_check')) return { to: `${licence}/filings/self_check`, act }
      return { to: licence, act: text.act.other, ...(duty.due > today && { note: 'ahead' }) }
    case 'annual_review':
      return { to: licence, act, note: text.byAuthority }
    default:
      return { to: licence, act: text.act.other }
  }
}
