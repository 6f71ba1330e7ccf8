import type { Schema } from '@/api/client'
import type { FieldFault } from '@/api/problem'
import { starting as text } from '@/locales/zh-CN/starting'

/** Asking for something about a licence that is there: what is typed, what is sent, and which papers follow. */
export type Subject = Schema<'ApplicationSubject'>
export type SubjectRequest = Schema<'SubjectRequest'>
export type Facet = Schema<'Facet'>
export type Kind = Schema<'MatterKind'>
export type Held = Schema<'HeldLicence'>
type Cause = Schema<'ReplacementCause'>
type Ground = Schema<'DeregistrationGround'>

/** What a certificate says and a change can ask for, in the order of the paper. */
export const ITEMS = ['name', 'address', 'legal_representative', 'economic_type', 'scope'] as const
export type Item = (typeof ITEMS)[number]

/** Every entry as a text, as people type it; the kind says which of them count. */
export interface Asked {
  kind: Kind
  direct: boolean
  declared: string[]
  level: string
  certificate: string
  level_until: string
  chosen: Item[]
  to: Record<Item, string>
  reason: string
  occurred_on: string
  account: string
}

const lines = (words: string): string[] => words.split('\n').map((line) => line.trim()).filter(Boolean)

/** What the licence says now about an item; a scope as its lines. */
export const present = (held: Held, item: Item): string => (item === 'scope' ? held.scope.join('\n') : held.holder[item])

export function askedOf(subject: Subject): Asked {
  const entries: Asked = {
    kind: subject.kind,
    direct: false,
    declared: [],
    level: '',
    certificate: '',
    level_until: '',
    chosen: [],
    to: { name: '', address: '', legal_representative: '', economic_type: '', scope: '' },
    reason: '',
    occurred_on: '',
    account: '',
  }
  switch (subject.kind) {
    case 'renewal': {
      const { direct, declared = [], standardisation: own } = subject
      return { ...entries, direct, declared: [...declared], level: own ? String(own.level) : '', certificate: own?.certificate ?? '', level_until: own?.valid_until ?? '' }
    }
    case 'change':
      for (const one of subject.items) entries.to[one.item] = one.item === 'scope' ? one.to.join('\n') : one.to
      return { ...entries, chosen: subject.items.map(({ item }) => item), occurred_on: subject.occurred_on ?? '' }
    case 'replacement':
      return { ...entries, reason: subject.cause, occurred_on: subject.occurred_on ?? '', account: subject.account }
    case 'deregistration':
      return { ...entries, reason: subject.ground, occurred_on: subject.occurred_on ?? '', account: subject.account }
    default:
      return entries
  }
}

/** The standardisation level, once all of it is there; the server asks for it where it counts. */
const standardisation = ({ level, certificate, level_until: until }: Asked): Schema<'Standardisation'> | null =>
  level && until ? { level: Number(level), certificate: certificate.trim(), valid_until: until } : null

/** What was chosen and says something new; the rest is told at its field and is not sent. */
const itemsOf = ({ chosen, to }: Asked, held: Held | null): Schema<'ItemRequest'>[] =>
  ITEMS.filter((item) => chosen.includes(item) && !['', held ? present(held, item).trim() : ''].includes(to[item].trim())).map((item) => (item === 'scope' ? { item, to: lines(to.scope) } : { item, to: to[item].trim() }))

export function requestOf(entries: Asked, held: Held | null = null): SubjectRequest {
  const occurred_on = entries.occurred_on || null
  switch (entries.kind) {
    case 'change':
      return { kind: 'change', occurred_on, items: itemsOf(entries, held) }
    case 'replacement':
      return { kind: 'replacement', cause: entries.reason as Cause, occurred_on, account: entries.account.trim() }
    case 'deregistration':
      return { kind: 'deregistration', ground: entries.reason as Ground, occurred_on, account: entries.account.trim() }
    default:
      return entries.direct
        ? { kind: 'renewal', direct: true, declared: entries.declared, standardisation: standardisation(entries) }
        : { kind: 'renewal', direct: false, declared: [], standardisation: null }
  }
}

/** Chosen items that say nothing new. Blanks are not sent, so they are told here. */
export function blankItems({ chosen, to }: Asked, held: Held): FieldFault[] {
  return ITEMS.filter((item) => chosen.includes(item)).flatMap((item) => {
    const said = to[item].trim()
    if (said === '') return [{ field: `to.${item}`, message: text.step.blank(text.facets[item]) }]
    return said === present(held, item).trim() ? [{ field: `to.${item}`, message: text.step.unchanged(text.facets[item]) }] : []
  })
}

/** The server counts changed items; here they have names. */
export function itemField(field: string, request: SubjectRequest): string {
  const at = /^subject\.items\[(\d+)\]/.exec(field)
  if (!at) return field.replace(/^subject\./, '')
  const item = request.kind === 'change' ? request.items[Number(at[1])]?.item : undefined
  return item ? `to.${item}` : 'items'
}

/** What papers and conditions depend on, while it is still being chosen. */
export function facetsOf({ kind, direct, chosen, reason }: Pick<Asked, 'kind' | 'direct' | 'chosen' | 'reason'>): Facet[] {
  if (kind === 'renewal') return [direct ? 'direct' : 'reviewed']
  if (kind === 'change') return [...chosen]
  return reason ? [reason as Facet] : []
}

/** Whether something concerns what is asked for; before anything is chosen, everything does. */
export const concerns = (only: readonly Facet[] | undefined, facets: readonly Facet[]): boolean =>
  !only || only.length === 0 || facets.length === 0 || only.some((facet) => facets.includes(facet))

/** A clause as people cite it; where the article is not known, the statute alone. */
export const cite = ({ statute, article }: Schema<'Clause'>, statutes: readonly Schema<'Statute'>[]): string =>
  text.clause(statutes.find(({ key }) => key === statute)?.title ?? '', article)

/** A window of a definition in words, before the server has put days to it. */
export const windowWords = ({ from, term }: Schema<'MatterWindow'>): string => text.within(text.from[from], term.amount, text.units[term.unit])

type Window = Pick<Schema<'WindowView'>, 'name' | 'late' | 'until'> & {
  /** What the rules say of an application that comes after it. */
  after: Schema<'MatterWindow'>['late']
}
/** What the windows of a licence come to, in one sentence: by which day to apply, or what is already past. The server says what is late. */
export function advice(windows: readonly Window[], day: (date: string) => string): { late: boolean; said: string } | undefined {
  const dated = windows.flatMap((one) => (one.until ? [{ ...one, until: one.until }] : [])).sort((a, b) => a.until.localeCompare(b.until))
  const past = dated.filter(({ late }) => late)
  const open = dated.filter(({ late }) => !late)
  const [next] = open
  if (!next && past.length === 0) return undefined
  if (past.length === 0) return { late: false, said: text.advice.inTime(day(next?.until ?? '')) }
  const names = past.map(({ name }) => name).join(text.listed)
  if (past.some(({ after }) => after === 'fresh_application')) return { late: true, said: text.advice.over(names) }
  return next?.after === 'fresh_application' ? { late: true, said: text.advice.last(names, day(next.until)) } : { late: true, said: text.advice.late(names) }
}

/** One line of what was asked for; `from` is what the licence says until then. */
export interface Line {
  name: string
  from?: string
  said: string
}

/** What was asked for, in words. */
export function linesOf(subject: Subject, day: (date: string) => string): Line[] {
  const told = (kind: 'change' | 'replacement' | 'deregistration', on: string | null | undefined): Line[] => (on ? [{ name: text.step.occurred[kind], said: day(on) }] : [])
  switch (subject.kind) {
    case 'renewal':
      return [{ name: text.what.renewal, said: subject.direct ? text.renewal.direct : text.renewal.reviewed }]
    case 'change':
      return [
        ...subject.items.map((one): Line =>
          one.item === 'scope' ? { name: text.facets.scope, from: one.from.join('；'), said: one.to.join('\n') } : { name: text.facets[one.item], from: one.from, said: one.to },
        ),
        ...told('change', subject.occurred_on),
      ]
    case 'replacement':
      return [{ name: text.what.replacement, said: text.facets[subject.cause] }, ...told('replacement', subject.occurred_on), { name: text.step.account.replacement, said: subject.account }]
    case 'deregistration':
      return [{ name: text.what.deregistration, said: text.facets[subject.ground] }, ...told('deregistration', subject.occurred_on), { name: text.step.account.deregistration, said: subject.account }]
    default:
      return []
  }
}

/** Matters in the order in which they are likely: about a licence that is held, then a first one; the rest when it is looked for. */
export function offered<One extends { kind: Kind; industry: string }>(matters: readonly One[], held: ReadonlySet<string>, all: boolean): One[] {
  const own = matters.filter(({ kind, industry }) => kind !== 'first_issue' && held.has(industry))
  const first = matters.filter(({ kind }) => kind === 'first_issue')
  const rest = matters.filter(({ kind, industry }) => kind !== 'first_issue' && !held.has(industry))
  return [...own, ...first, ...(all ? rest : [])]
}

/** What was begun comes first, then the industries that the enterprise already has to do with. */
export function likely<One extends { key: string; industry: string }>(matters: readonly One[], begun: ReadonlySet<string>, held: ReadonlySet<string>): One[] {
  const near = new Set([...held, ...matters.filter(({ key }) => begun.has(key)).map(({ industry }) => industry)])
  const rank = ({ key, industry }: One): number => (begun.has(key) ? 0 : near.has(industry) ? 1 : 2)
  return [...matters].sort((a, b) => rank(a) - rank(b))
}
