import type { Tone } from '@/shared/components/StateBadge.vue'
import { day, legalDay } from '@/shared/lib/format'
import { cases as text } from '@/locales/zh-CN/cases'
import type { Case, Paper } from './api'

/** A stage of the way of a case, and how it stands. */
export interface Step {
  key: 'opened' | 'evidence' | 'notice' | 'voice' | 'proposal' | 'decision' | 'service'
  state: 'done' | 'now' | 'ahead' | 'skipped' | 'ended'
  /** When, and in a line of its own by whom; or until when. */
  note: string
}

const NOTICE = 'prior_notice'
/** Papers that have to be served and were not. */
export const unserved = (one: Case): Paper[] => one.papers.filter((paper) => paper.service_due && !paper.served)
/** The decision, once it was made. */
export const decisionPaper = (one: Case): Paper | undefined => one.papers.find((paper) => paper.service_due && paper.kind !== NOTICE)
/** A paper is being signed: the file will be there in a moment, in a further version of the case. */
export const making = (one: Case): boolean => one.papers.some((paper) => !paper.ready)

/** What became of the holder's voice, in a word. */
function said({ notice }: Case): string {
  if (!notice) return ''
  if (notice.hearing) return text.path.heard
  const kinds = notice.statements.map(({ kind }) => kind)
  if (kinds.includes('plea')) return text.path.spoke
  return kinds.includes('waiver') ? text.path.waived : text.path.silent
}

/** The way of a case from opening to service, as far as it has come. Shows what the server tells; decides nothing. */
export function path(one: Case): Step[] {
  const notice = one.papers.find((paper) => paper.kind === NOTICE)
  const decision = decisionPaper(one)
  const { notice: voice } = one
  const until = [voice?.plea_until, voice?.hearing_until].filter((date): date is string => !!date).sort().at(-1)
  const told = notice?.served
  const by = (name?: string | null, at?: string | null): string => (name && at ? `${day(legalDay(at))}\n${name}` : '')
  const steps: (Omit<Step, 'state'> & { done: boolean; needless?: boolean })[] = [
    { key: 'opened', done: true, note: by(one.opened_by, one.opened_at) },
    { key: 'evidence', done: one.state !== 'investigating' || (!!one.findings && one.evidence.length > 0), note: text.path.pieces(one.evidence.length) },
    { key: 'notice', done: !!told, needless: !one.needs_notice && !notice, note: told ? text.path.served(day(told.on)) : notice?.service_due ? text.path.until(day(notice.service_due)) : '' },
    { key: 'voice', done: !!one.proposed_by, needless: !one.needs_notice && !notice, note: one.proposed_by ? said(one) : until ? text.path.until(day(until)) : '' },
    { key: 'proposal', done: !!one.proposed_by, note: by(one.proposed_by, one.proposed_at) },
    { key: 'decision', done: !!one.decided_by, note: by(one.decided_by, one.decided_at) },
    { key: 'service', done: !!decision?.served, note: decision?.served ? text.path.served(day(decision.served.on)) : decision?.service_due ? text.path.until(day(decision.service_due)) : '' },
  ]
  let now = false
  return steps.map(({ key, done, needless, note }) => {
    if (needless) return { key, state: 'skipped', note: text.path.skipped }
    if (done) return { key, state: 'done', note }
    if (one.state === 'closed') return { key, state: 'ended', note: '' }
    if (now) return { key, state: 'ahead', note: '' }
    now = true
    return { key, state: 'now', note }
  })
}

/** The tone of a case in a list. */
export function tone(one: Case): Tone {
  if (one.state === 'closed') return 'held'
  if (one.state === 'decided') return unserved(one).length > 0 ? 'soon' : 'fine'
  return one.state === 'investigating' ? 'active' : 'soon'
}

/** Acts that bring a case on; the others (further evidence, ending it) are possible beside them. */
const ONWARD = ['decide', 'serve', 'find', 'give_notice', 'record_hearing', 'propose'] as const
export type Onward = (typeof ONWARD)[number]
export type Action = Onward | 'add_evidence' | 'record_statement' | 'close'
const ALL: readonly Action[] = [...ONWARD, 'record_statement', 'add_evidence', 'close']

/** Whether the case waits for the person. */
export const waits = (one: Case): boolean => ONWARD.some((act) => one.allowed_actions.includes(act))

/** What is to be pressed next among what the server allows, and everything else that may be done. */
export function offered(one: Case): { main: Action | null; others: Action[] } {
  const may = (act: Action): boolean => one.allowed_actions.includes(act)
  const order: [Action, boolean][] = [
    ['decide', true],
    ['serve', true],
    ['find', !one.findings],
    ['add_evidence', one.evidence.length === 0],
    ['give_notice', true],
    ['record_hearing', true],
    ['propose', true],
  ]
  const main = order.find(([act, fits]) => fits && may(act))?.[0] ?? null
  // Findings that are there are mended where they stand.
  return { main, others: ALL.filter((act) => act !== main && may(act) && !(act === 'find' && one.findings)) }
}
