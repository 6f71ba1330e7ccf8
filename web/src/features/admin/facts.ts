import { admin } from '@/locales/zh-CN/admin'
import type { Unconfirmed } from './api'

const text = admin.matters

/** Facts with the same thing to check and the same sources: told once, for all of them. */
export interface Question {
  note: string
  sources: string
  facts: { number: number; fact: Unconfirmed }[]
}

/** Where a fact was read. A source that only says that there is none, or that it is our own proposal, is no source: the note says it. */
export const sourcesOf = (fact: Pick<Unconfirmed, 'sources'>): string =>
  fact.sources
    .filter(({ kind }) => kind !== 'recollection' && kind !== 'proposal')
    .map((one) => one.title ?? one.key)
    .join('；')

/** Facts under what has to be checked, in the order in which they come first; numbered through. */
export function questions(facts: readonly Unconfirmed[]): Question[] {
  const found = new Map<string, Question>()
  facts.forEach((fact) => {
    const sources = sourcesOf(fact)
    const key = JSON.stringify([fact.note, sources])
    const known = found.get(key) ?? { note: fact.note, sources, facts: [] }
    known.facts.push({ number: 0, fact })
    found.set(key, known)
  })
  const all = [...found.values()]
  all.flatMap((one) => one.facts).forEach((one, at) => (one.number = at + 1))
  return all
}

/** The list as a table that a spreadsheet opens, for whoever settles it. */
export function csvOf(facts: readonly Unconfirmed[]): string {
  const cell = (value: string): string => `"${value.replaceAll('"', '""')}"`
  const rows = questions(facts).flatMap(({ facts: each }) => each.map(({ number, fact }) => [String(number), fact.name, fact.section_name, fact.label, fact.note, sourcesOf(fact)]))
  return [text.facts.columns, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')
}

/** Clauses under the statutes that they are of, both in the order in which they come first. */
export function gathered(basis: readonly { statute: string; article: string }[]): { statute: string; articles: string }[] {
  const found = new Map<string, string[]>()
  for (const { statute, article } of basis) found.set(statute, [...(found.get(statute) ?? []), article])
  return [...found].map(([statute, articles]) => ({ statute, articles: articles.join(text.and) }))
}

/** The notes of rules of one section: each different one once, and which of them a rule means. One that stands alone needs no number. */
export function footnotes(provenances: readonly { mark: string; note?: string | null }[]): { notes: string[]; numberOf: (note: string | null | undefined) => string } {
  const notes = [...new Set(provenances.filter(({ mark, note }) => mark === 'unconfirmed' && note).map(({ note }) => note as string))]
  return { notes, numberOf: (note) => (notes.length > 1 && note && notes.includes(note) ? String(notes.indexOf(note) + 1) : '') }
}
