import type { Tone } from '@/shared/components/StateBadge.vue'
import { day, legalDay, moment } from '@/shared/lib/format'
import { filings as text } from '@/locales/zh-CN/filings'
import type { Filing, Matter } from './api'

/** Whether the last day of what is still owed is over. */
export const isLate = ({ due_on: due }: Pick<Filing, 'due_on'>, today: string): boolean => !!due && due < today

/** How a filing stands, in a word. */
export function standing({ matter, due_on: due }: Pick<Filing, 'matter' | 'due_on'>, today: string): { name: string; tone: Tone } {
  const { states } = text
  const open = (name: string, late?: string): { name: string; tone: Tone } => (late && isLate({ due_on: due }, today) ? { name: late, tone: 'late' } : { name, tone: 'soon' })
  const done = (name: string): { name: string; tone: Tone } => ({ name, tone: 'fine' })
  switch (matter.kind) {
    case 'handover':
      return matter.posted ? done(states.posted) : open(states.posting, states.late.posting)
    case 'self_check':
      if (!matter.exchange) return done(states.intact)
      return matter.exchange.begun_at ? done(states.exchanging) : open(states.exchange, states.late.exchange)
    case 'damage':
      return matter.exchange.begun_at ? done(states.exchanging) : open(states.exchange, states.late.exchange)
    case 'loss':
      if (matter.found_on) return { name: states.found, tone: 'held' }
      return matter.notice_until >= today ? { name: states.noticed, tone: 'active' } : { name: states.noticeOver, tone: 'held' }
    case 'recall':
      if (!matter.returned) return open(states.returning, states.late.returning)
      if (!matter.destruction) return open(states.destroying)
      return matter.destruction.witness ? done(states.destroyed) : open(states.witnessing)
    case 'work_elsewhere':
    case 'emergency_use':
      return matter.report ? done(states.reported) : open(states.reporting, states.late.reporting)
    case 'annual_review':
      return done(states.reviewed)
  }
}

/** For whom a filing waits while the reader has nothing to do, as a sentence. */
export function awaited(one: Pick<Filing, 'matter' | 'due_on'>, today: string): { by: 'holder' | 'authority' | 'nobody'; said: string } {
  const { matter, due_on: due } = one
  const words = text.awaited
  const owed = (what: string): { by: 'holder'; said: string } => ({ by: 'holder', said: isLate(one, today) ? words.late(what, day(due ?? '')) : words.holder(what, due ? day(due) : '') })
  switch (matter.kind) {
    case 'handover':
      if (!matter.posted) return owed(words.posting)
      break
    case 'self_check':
    case 'damage':
      if (matter.exchange && !matter.exchange.begun_at) return owed(words.exchange)
      break
    case 'loss':
      if (!matter.found_on) return { by: 'nobody', said: matter.notice_until >= today ? words.notice(day(matter.notice_until)) : words.noticeOver }
      break
    case 'recall':
      if (!matter.returned) return owed(words.returning)
      if (!matter.destruction) return { by: 'authority', said: words.destruction }
      if (!matter.destruction.witness) return { by: 'authority', said: words.witness }
      break
    case 'work_elsewhere':
    case 'emergency_use':
      if (!matter.report) return owed(words.report)
      break
    case 'annual_review':
  }
  return { by: 'nobody', said: words.nobody }
}

/** A step of a filing, done or to come. */
export interface Step {
  name: string
  state: 'done' | 'now' | 'late' | 'ahead'
  note: string
}

/** What was done and what is still owed, in order. */
export function steps({ matter, at, by, due_on: due }: Filing, today: string): Step[] {
  const words = text.steps
  const filed = words.by(day(legalDay(at)), by)
  const standIn: [string, boolean, string][] = [[words.standIn, matter.kind === 'damage' && !!matter.stand_in, '']]
  const list: [string, boolean, string][] = (() => {
    switch (matter.kind) {
      case 'handover':
        return [
          [words.handover, true, words.by(day(matter.on), matter.recipient)],
          [words.posting, !!matter.posted, matter.posted ? words.by(day(matter.posted.on), matter.posted.by.name) : words.until(day(matter.posting_due))],
        ]
      case 'self_check':
        return [[words.check, true, words.by(day(matter.on), by)], ...exchange(matter.exchange)]
      case 'damage':
        return [
          [words.damage, true, moment(matter.happened_at)],
          [words.report, true, matter.in_time ? words.inTime : words.tooLate],
          // A stand-in that was issued is done; one that may be comes after what the holder owes.
          ...(matter.stand_in ? standIn : []),
          ...exchange(matter.exchange),
          ...(matter.disaster && !matter.stand_in ? standIn : []),
        ]
      case 'loss':
        return [
          [words.loss, true, day(matter.on)],
          [words.notice, true, text.facts.period(day(matter.notice_from), day(matter.notice_until))],
          ...(matter.found_on ? [[words.found, true, day(matter.found_on)] as [string, boolean, string]] : []),
        ]
      case 'recall': {
        const { returned, destruction } = matter
        return [
          [words.recall, true, filed],
          [words.returned, !!returned, returned ? words.by(day(returned.on), returned.by.name) : words.until(day(matter.due))],
          [words.destroyed, !!destruction, destruction ? words.by(day(legalDay(destruction.at)), destruction.by.name) : ''],
          [words.witnessed, !!destruction?.witness, destruction?.witness ? words.by(day(legalDay(destruction.witness.at)), destruction.witness.by.name) : ''],
        ]
      }
      case 'work_elsewhere':
        return [
          [words.work, true, filed],
          [words.completion, !!matter.report, matter.report ? words.by(day(matter.report.on), matter.report.by.name) : words.until(day(matter.report_due))],
        ]
      case 'emergency_use':
        return [
          [words.use, true, day(matter.on)],
          [words.report, !!matter.report, matter.report ? words.by(day(matter.report.on), matter.report.by.name) : words.until(day(matter.report_due))],
        ]
      case 'annual_review':
        return [[words.review, true, words.by(day(matter.on), by)]]
    }
  })()
  let now = false
  return list.map(([name, done, note]) => {
    if (done) return { name, state: 'done', note }
    if (now) return { name, state: 'ahead', note }
    now = true
    return { name, state: isLate({ due_on: due }, today) ? 'late' : 'now', note }
  })
}

function exchange(one: Extract<Matter, { kind: 'damage' }>['exchange'] | null | undefined): [string, boolean, string][] {
  if (!one) return []
  return [[text.steps.exchange, !!one.begun_at, one.begun_at ? moment(one.begun_at) : text.steps.until(moment(one.due))]]
}

/** What a filing says, as names and values; links are the page's business. */
export function facts(matter: Matter): { name: string; value: string }[] {
  const words = text.facts
  const list: [string, string | undefined | null][] = (() => {
    switch (matter.kind) {
      case 'handover':
        return [
          [words.revision, words.nth(matter.revision)],
          [words.recipient, matter.recipient],
          [words.identity, matter.identity],
          [words.method, matter.method],
          [words.place, matter.place],
          [words.posted, matter.posted?.place],
        ]
      case 'self_check':
        return [
          [words.month, matter.month],
          [words.findings, matter.findings || (matter.intact ? text.states.intact : '')],
        ]
      case 'damage':
        return [
          [words.happened, moment(matter.happened_at)],
          [words.cause, matter.cause],
          [words.disaster, matter.disaster ? words.yes : words.no],
        ]
      case 'loss':
        return [
          [words.on, day(matter.on)],
          [words.circumstances, matter.circumstances],
          [words.notice, words.period(day(matter.notice_from), day(matter.notice_until))],
        ]
      case 'recall':
        return [
          [words.reason, matter.reason],
          [words.revision, words.nth(matter.revision)],
          [words.papers, matter.returned?.papers],
          [words.destruction, matter.destruction?.method],
        ]
      case 'work_elsewhere':
        return [
          [words.place, matter.place],
          [words.work, matter.project],
          [words.responsible, matter.responsible],
          [words.dates, words.period(day(matter.from), day(matter.until))],
          [words.report, matter.report?.text],
        ]
      case 'emergency_use':
        return [
          [words.on, day(matter.on)],
          [words.purpose, matter.purpose],
          [words.report, matter.report?.text],
        ]
      case 'annual_review':
        return [
          [words.year, String(matter.year)],
          [words.on, day(matter.on)],
          [words.result, matter.result],
          [words.opinion, matter.opinion],
        ]
    }
  })()
  return list.flatMap(([name, value]) => (value ? [{ name, value }] : []))
}

/** What may follow upon a filing, in the order in which it is offered. */
export const actions = ['issue_stand_in', 'take_back', 'destroy', 'witness', 'confirm_posting', 'begin_exchange', 'recover', 'report'] as const
export type Action = (typeof actions)[number]
export const allowed = (one: Filing): Action[] => actions.filter((action) => one.allowed_actions.includes(action))
