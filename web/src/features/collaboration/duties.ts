import { daysBetween } from '@/shared/lib/format'
import type { Clock } from '@/shared/lib/clock'
import type { Band } from '@/shared/lib/table'
import { collaboration } from '@/locales/zh-CN/collaboration'
import type { Letter, Rectification, Referral, Task } from './api'
import { dayDue, type Due, momentDue } from './due'

const text = collaboration.duties

export const kinds = ['review', 'letter', 'rectification', 'closing', 'referral'] as const
export type Kind = (typeof kinds)[number]
export type Urgency = 'late' | 'today' | 'soon' | 'later' | 'held'
const urgencies: readonly Urgency[] = ['late', 'today', 'soon', 'later', 'held']

/** Something that the own department has to do now. */
export interface Duty {
  key: string
  kind: Kind
  urgency: Urgency
  /** What orders it within its urgency. */
  at: string
  title: string
  sub: string
  to: string
  act: string
  /** The law's clock of a review; else how near the last day is. */
  clock?: Clock
  due?: Due
  dueOn?: string
}

/** What was read for the page. */
export interface Found {
  tasks: readonly Task[]
  letters: readonly Letter[]
  rectifications: readonly Rectification[]
  referrals: readonly Referral[]
}

/** Days from which on work is not near any more: for the order of the page only. */
const NEAR = 3
const byDays = (left: number): Urgency => (left < 0 ? 'late' : left === 0 ? 'today' : left <= NEAR ? 'soon' : 'later')

function review(task: Task): Duty {
  const { application, clock, due_on } = task
  const left = typeof clock?.left === 'number' ? clock.left : null
  return {
    key: `review.${application.id}.${task.kind}.${task.department ?? ''}`,
    kind: 'review',
    urgency: clock?.stopped ? 'held' : left === null ? 'later' : byDays(left),
    at: due_on ?? '9999',
    title: application.applicant,
    sub: [application.matter_name, application.reference].filter(Boolean).join(' · '),
    to: `/applications/${application.id}`,
    act: task.kind === 'review' ? text.acts.review : task.name,
    ...(clock ? { clock } : {}),
    ...(due_on ? { dueOn: due_on } : {}),
  }
}

/** A letter says that something is late already: it is taken at once. */
const letter = (one: Letter): Duty => ({
  key: `letter.${one.id}`,
  kind: 'letter',
  urgency: 'today',
  at: one.at,
  title: text.letter(collaboration.letters.kinds[one.kind], one.number),
  sub: text.letterSub(one.applicant, one.task, one.late_days),
  to: `/collaboration/letters/${one.id}`,
  act: text.acts.letter,
  due: { words: text.immediately, tone: 'soon' },
})

function rectification(one: Rectification, move: string, today: string): Duty {
  const closing = move === 'close'
  return {
    key: `${closing ? 'closing' : 'rectification'}.${one.id}`,
    kind: closing ? 'closing' : 'rectification',
    urgency: one.late ? 'late' : byDays(daysBetween(today, one.due_on)),
    at: one.due_on,
    title: one.problem,
    sub: closing ? text.waitingClosing(one.department.name) : text.rectificationSub(one.requirement),
    to: `/collaboration/rectifications/${one.id}`,
    act: closing ? text.acts.closing : text.acts.report,
    due: dayDue(one.due_on, today, one.late),
    dueOn: one.due_on,
  }
}

function referral(one: Referral, move: string, today: string, now: Date): Duty {
  const receives = move === 'receive'
  const left = Math.ceil((Date.parse(one.due_at) - now.getTime()) / 86_400_000)
  return {
    key: `referral.${one.id}`,
    kind: 'referral',
    urgency: !receives ? 'later' : one.late ? 'late' : left <= 1 ? 'today' : byDays(left),
    at: receives ? one.due_at : one.sent.at,
    title: one.title,
    sub: text.referralFrom(one.sender.name),
    to: `/collaboration/referrals/${one.id}`,
    act: receives ? text.acts.receive : text.acts.answer,
    due: receives ? momentDue(one.due_at, now, one.late) : { words: text.answerDue, tone: 'held' },
  }
}

/** Everything that the own department has to do, as the server allows it, most urgent first. */
export function duties(found: Found, today: string, now: Date): Duty[] {
  const all = [
    ...found.tasks.map(review),
    ...found.letters.filter((one) => one.allowed_actions.includes('receive')).map(letter),
    ...found.rectifications.flatMap((one) => one.allowed_actions.map((move) => rectification(one, move, today))),
    ...found.referrals.flatMap((one) => one.allowed_actions.map((move) => referral(one, move, today, now))),
  ]
  const rank = (one: Duty): number => urgencies.indexOf(one.urgency)
  return all.sort((a, b) => rank(a) - rank(b) || a.at.localeCompare(b.at))
}

/** Duties under the headings of their urgency, without empty headings. */
export const bands = (all: readonly Duty[]): Band<Duty>[] =>
  urgencies.map((key) => ({ key, name: text.bands[key], rows: all.filter((one) => one.urgency === key) })).filter((band) => band.rows.length > 0)

/** To be done today. */
export const urgent = (all: readonly Duty[]): number => all.filter((one) => one.urgency === 'late' || one.urgency === 'today').length

/** How many there are of each kind; kinds without any are left out. */
export const counted = (all: readonly Duty[]): { kind: Kind; count: number }[] =>
  kinds.map((kind) => ({ kind, count: all.filter((one) => one.kind === kind).length })).filter(({ count }) => count > 0)
