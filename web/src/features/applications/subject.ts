import type { Schema } from '@/api/client'
import { day } from '@/shared/lib/format'
import { subject as text } from '@/locales/zh-CN/subject'

export type Subject = Schema<'ApplicationSubject'>
export type Facet = Schema<'Facet'>
type Asking = Pick<Schema<'ApplicationView'>, 'subject'>

/** Whether a renewal without review is asked for. */
export const isDirect = ({ subject }: Asking): boolean => subject.kind === 'renewal' && subject.direct

/** What the licence says and what it shall say. */
export interface Change {
  item: Facet
  name: string
  from: string
  to: string
}
const worded = (value: string | readonly string[]): string => (typeof value === 'string' ? value : value.join('；'))

/** The changed items, before and after; none for whatever is not a change. */
export const changesOf = (subject: Subject): Change[] =>
  subject.kind !== 'change' ? [] : subject.items.map(({ item, from, to }) => ({ item, name: text.facets[item], from: worded(from), to: worded(to) }))

/** What else is asked for, as names and values. `conditions` are the words of the conditions by their key. */
export function factsOf(subject: Subject, conditions: ReadonlyMap<string, string>): { name: string; value: string }[] {
  const on = (date: string | null | undefined): string => (date ? day(date) : text.blank)
  switch (subject.kind) {
    case 'first_issue':
      return []
    case 'renewal': {
      const { direct, declared = [], standardisation } = subject
      return [
        { name: text.way, value: direct ? text.direct : text.reviewed },
        ...(direct && declared.length > 0 ? [{ name: text.declared, value: declared.map((key) => conditions.get(key) ?? key).join('；') }] : []),
        ...(standardisation ? [{ name: text.standardisation, value: text.level(standardisation.level, standardisation.certificate, day(standardisation.valid_until)) }] : []),
      ]
    }
    case 'change':
      return [{ name: text.occurred.change, value: on(subject.occurred_on) }]
    case 'replacement':
      return [
        { name: text.cause, value: text.facets[subject.cause] },
        { name: text.occurred.replacement, value: on(subject.occurred_on) },
        { name: text.account, value: subject.account || text.blank },
      ]
    case 'deregistration':
      return [
        { name: text.ground, value: text.facets[subject.ground] },
        { name: text.occurred.deregistration, value: on(subject.occurred_on) },
        { name: text.account, value: subject.account || text.blank },
      ]
  }
}

/** Words of the conditions of a renewal without review. */
export const directWords = (rules: Schema<'ExistingLicenceRules'> | null | undefined): Map<string, string> =>
  new Map((rules?.direct?.conditions ?? []).map(({ key, text: words }) => [key, words]))

/** What was granted, in words: a licence for some years, or what became of one that is there. */
export function grantedWords(kind: Schema<'MatterKind'>, { terms, deemed }: Extract<Schema<'DecisionView'>, { outcome: 'granted' }>): string {
  if (deemed) return text.deemed
  if (kind === 'renewal') return text.renewed(day(terms.valid_from), day(terms.valid_to))
  return kind === 'first_issue' ? text.granted(day(terms.valid_from), day(terms.valid_to)) : text.outcomes[kind]
}

type Matter = Schema<'MatterView'>
type Stage = 'acceptance' | 'parallel_review' | 'first_review' | 'second_review' | 'decision' | 'delivery'

/** Sides of what is asked for, by which the rules choose stages. */
function facets(subject: Subject): Facet[] {
  if (subject.kind === 'renewal') return [subject.direct ? 'direct' : 'reviewed']
  if (subject.kind === 'change') return subject.items.map(({ item }) => item)
  return subject.kind === 'replacement' ? [subject.cause] : subject.kind === 'deregistration' ? [subject.ground] : []
}

/** The stages that an application goes through, as the rules list them for what is asked for. */
export function routeOf(application: Asking & { direct: boolean }, { definition }: Matter): ReadonlySet<Stage> {
  const own = facets(application.subject)
  const skipped: readonly string[] = application.direct ? (definition.existing?.direct?.skips ?? []) : []
  const concerns = (only: readonly Facet[] | undefined): boolean => !only || only.length === 0 || only.some((one) => own.includes(one))
  return new Set(definition.stages.filter((stage) => concerns(stage.only_for) && !skipped.includes(stage.key)).map(({ key }) => key as Stage))
}
