import type { Answers, Question } from '@/shared/lib/act'
import { day } from '@/shared/lib/format'
import { cases as text } from '@/locales/zh-CN/cases'
import type { Kind, Measure, SuspensionCase } from './api'

/** The six measures, in the order in which they are offered. */
export const kinds = Object.keys(text.measures) as Kind[]

/** Measures that an answer of the server allows on a licence (`case.suspension` …). */
export const possible = (actions: readonly string[]): Kind[] => kinds.filter((kind) => actions.includes(`case.${kind}`))

const options = (names: Record<string, string>) => [{ value: '', text: '—' }, ...Object.entries(names).map(([value, name]) => ({ value, text: name }))]

/** What a measure asks for beyond its kind; what stands in `now` is there at first. */
export function questionsOf(kind: Kind, rows: readonly SuspensionCase[], today: string, now?: Measure): Question[] {
  const terms = text.terms
  const known = now?.kind === kind ? (now as Record<string, string>) : {}
  const begins = (name: string, otherwise = ''): string => known[name] ?? otherwise
  switch (kind) {
    case 'suspension':
      return [
        {
          name: 'measure.case',
          label: terms.case,
          ...(rows.some(({ mark }) => mark === 'unconfirmed') ? { hint: terms.unconfirmed } : {}),
          kind: 'select',
          options: [{ value: '', text: '—' }, ...rows.map((row) => ({ value: row.key, text: terms.days(row.name, row.least_days, row.most_days) }))],
          start: begins('case', rows.length === 1 ? rows[0]?.key : ''),
        },
        { name: 'measure.from', label: terms.from, kind: 'date', start: begins('from', today) },
        { name: 'measure.until', label: terms.until, kind: 'date', start: begins('until') },
        { name: 'measure.conditions', label: terms.conditions, hint: terms.conditionsHint, kind: 'area', start: begins('conditions') },
      ]
    case 'resumption':
      return [{ name: 'measure.conclusion', label: terms.conclusion, kind: 'area', start: begins('conclusion') }]
    case 'rescission':
      return [{ name: 'measure.ground', label: terms.ground, kind: 'select', options: options(text.rescissions), start: begins('ground') }]
    case 'withdrawal':
      return [
        { name: 'measure.changed', label: terms.changed, kind: 'area', start: begins('changed') },
        { name: 'measure.compensation', label: terms.compensation, kind: 'area', start: begins('compensation') },
      ]
    case 'cancellation':
      return [{ name: 'measure.ground', label: terms.ground, kind: 'select', options: options(text.cancellations), start: begins('ground') }]
    case 'revocation':
      return []
  }
}

/** The measure that was filled in. The server judges whether it may be. */
export function measureOf(kind: Kind, answers: Answers): Measure {
  const terms = Object.entries(answers).flatMap(([name, value]) => (name.startsWith('measure.') && name !== 'measure.kind' ? [[name.slice(8), value] as const] : []))
  return { kind, ...Object.fromEntries(terms) } as Measure
}

/** The terms of a measure as names and values. */
export function termsOf(measure: Measure, rows: readonly SuspensionCase[] = []): { name: string; value: string }[] {
  const terms = text.terms
  switch (measure.kind) {
    case 'suspension':
      return [
        { name: terms.case, value: rows.find((row) => row.key === measure.case)?.name ?? '' },
        { name: text.measures.suspension.name, value: terms.period(day(measure.from), day(measure.until)) },
        { name: terms.conditions, value: measure.conditions },
      ].filter(({ value }) => value !== '')
    case 'resumption':
      return [{ name: terms.conclusion, value: measure.conclusion }]
    case 'rescission':
      return [{ name: terms.ground, value: text.rescissions[measure.ground] }]
    case 'withdrawal':
      return [
        { name: terms.changed, value: measure.changed },
        { name: terms.compensation, value: measure.compensation },
      ]
    case 'cancellation':
      return [{ name: terms.ground, value: text.cancellations[measure.ground] }]
    case 'revocation':
      return []
  }
}
