import type { FieldFault } from '@/api/problem'
import { lists } from '@/locales/zh-CN/lists'
import type { Duty, Proposal } from './api'

/** A line that is edited: it keeps its place on the screen whatever it is called. */
export interface Line extends Required<Duty> {
  key: number
}
/** What stands in the form. */
export interface Draft {
  complaints: string
  cases: string
  findings: string
  kind: '' | 'unchanged' | 'changed'
  lines: Line[]
}

const MOST = 4_294_967_295

export const lineOf = (duty: Duty, key: number): Line => ({ key, name: duty.name, text: duty.text, basis: duty.basis ?? '', liability: duty.liability ?? '' })
export const dutyOf = ({ name, text, basis, liability }: Line): Duty => ({ name: name.trim(), text: text.trim(), basis: basis.trim(), liability: liability.trim() })
export const draftOf = (duties: readonly Duty[]): Draft => ({ complaints: '0', cases: '0', findings: '', kind: '', lines: duties.map(lineOf) })
export const blank = (lines: readonly Line[]): Line => lineOf({ name: '', text: '' }, Math.max(-1, ...lines.map(({ key }) => key)) + 1)

/** The lines with one moved up (-1) or down (1); at an end nothing moves. */
export function moved(lines: readonly Line[], at: number, by: -1 | 1): Line[] {
  const to = at + by
  const next = [...lines]
  const [line, other] = [next[at], next[to]]
  if (line && other) [next[at], next[to]] = [other, line]
  return next
}

const whole = (typed: string): number | null => (/^\d{1,10}$/.test(typed.trim()) && Number(typed) <= MOST ? Number(typed) : null)

/** What the server could not even read. Everything else it judges itself. */
export function faults(draft: Draft): FieldFault[] {
  const found: FieldFault[] = []
  if (whole(draft.complaints) === null) found.push({ field: 'evidence.complaints', message: lists.form.number })
  if (whole(draft.cases) === null) found.push({ field: 'evidence.enforcement_cases', message: lists.form.number })
  if (draft.kind === '') found.push({ field: 'change.kind', message: lists.form.chooseKind })
  return found
}

export function proposalOf(matter: string, draft: Draft): Proposal {
  return {
    matter,
    evidence: { complaints: whole(draft.complaints) ?? 0, enforcement_cases: whole(draft.cases) ?? 0, findings: draft.findings.trim() },
    change: draft.kind === 'changed' ? { kind: 'changed', duties: draft.lines.map(dutyOf) } : { kind: 'unchanged' },
  }
}
