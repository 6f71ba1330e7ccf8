import { api, call, once, type Schema } from '@/api/client'
import type { Application } from './officer'

export type SiteLine = Schema<'SiteLine'>
export type SiteOfficer = Schema<'SiteOfficer'>
export type SitePhoto = Schema<'SitePhoto'>
export type Met = Schema<'Met'>
export type SiteCheck = Schema<'SiteCheckView'>

/** The visits of an application, oldest first. */
export const checksOf = ({ site_checks: checks }: Pick<Application, 'site_checks'>): SiteCheck[] => checks
/** The visit that is still to be concluded; there is one at most. */
export const openCheck = (application: Pick<Application, 'site_checks'>): SiteCheck | undefined => checksOf(application).find((check) => !check.conclusion)

const at = (id: string, check: string): { path: { id: string; check: string } } => ({ path: { id, check } })

export type Choice = Schema<'SiteOfficerChoiceView'>
/** Whom an order may name. */
export const readOfficers = (id: string, signal: AbortSignal): Promise<Choice[]> => call(api.GET('/api/v1/applications/{id}/site-officers', { params: { path: { id } }, signal }))

/** Officers under their departments, in the order of the server, as far as their name or department fits. */
export function byDepartment(officers: readonly Choice[], words: string, nowhere: string): { name: string; officers: Choice[] }[] {
  const found = new Map<string, Choice[]>()
  for (const one of officers) {
    const name = one.department_name ?? nowhere
    if (words.trim() !== '' && !`${one.name}${name}`.includes(words.trim())) continue
    found.set(name, [...(found.get(name) ?? []), one])
  }
  return [...found].map(([name, members]) => ({ name, officers: members }))
}

export const siteActs = {
  order: (id: string, key: string, body: Schema<'SiteCheckRequest'>) =>
    call(api.POST('/api/v1/applications/{id}/site-checks', { params: { path: { id } }, headers: once(key), body })),
  cancel: (id: string, check: string, key: string, reason: string) =>
    call(api.POST('/api/v1/applications/{id}/site-checks/{check}/cancellations', { params: at(id, check), headers: once(key), body: { reason } })),
  results: (id: string, check: string, key: string, results: Schema<'SiteResultRequest'>[]) =>
    call(api.POST('/api/v1/applications/{id}/site-checks/{check}/results', { params: at(id, check), headers: once(key), body: { results } })),
  sign: (id: string, check: string, key: string) => call(api.POST('/api/v1/applications/{id}/site-checks/{check}/signatures', { params: at(id, check), headers: once(key) })),
  conclude: (id: string, check: string, key: string, body: Schema<'SiteConclusionRequest'>) =>
    call(api.POST('/api/v1/applications/{id}/site-checks/{check}/conclusions', { params: at(id, check), headers: once(key), body })),
}
export const photoUrl = (id: string, check: string, photo: string): string => `/api/v1/applications/${id}/site-checks/${check}/photos/${photo}`
export const photosUrl = (id: string, check: string): string => `/api/v1/applications/${id}/site-checks/${check}/photos`

/** What stands on a line on this phone. */
export interface Entry {
  met: Met
  text: string
}
export type Entries = Record<string, Entry>

const known = (line: SiteLine): Entry | undefined => (line.result ? { met: line.result.met, text: line.result.text } : undefined)
const same = (one: Entry | undefined, other: Entry | undefined): boolean => one?.met === other?.met && (one?.text ?? '').trim() === (other?.text ?? '').trim()

/** What is shown on a line: what was typed here, before what the server has. */
export const entryOf = (line: SiteLine, typed: Entries): Entry | undefined => typed[line.condition] ?? known(line)

/** What was typed here and the server does not have yet. */
export const unsent = (lines: readonly SiteLine[], typed: Entries): Entries =>
  Object.fromEntries(lines.flatMap((line) => {
    const entry = typed[line.condition]
    return entry && !same(entry, known(line)) ? [[line.condition, entry]] : []
  }))

/** Whether a line can be sent: where something is wrong, what was seen has to be written first. */
export const sendable = ({ met, text }: Entry): boolean => met !== 'not_met' || text.trim() !== ''
export const resultsOf = (entries: Entries): Schema<'SiteResultRequest'>[] =>
  Object.entries(entries).filter(([, entry]) => sendable(entry)).map(([condition, { met, text }]) => ({ condition, met, text: text.trim() }))

/** How far the visit is, as it stands on this phone. */
export interface Tally {
  all: number
  done: number
  failed: number
  core: number
  coreDone: number
}
export function tally(lines: readonly SiteLine[], typed: Entries): Tally {
  const judged = (line: SiteLine): boolean => entryOf(line, typed) !== undefined
  return {
    all: lines.length,
    done: lines.filter(judged).length,
    failed: lines.filter((line) => entryOf(line, typed)?.met === 'not_met').length,
    core: lines.filter((line) => line.core).length,
    coreDone: lines.filter((line) => line.core && judged(line)).length,
  }
}
/** The first line without a result, or without the words that it needs. */
export const nextLine = (lines: readonly SiteLine[], typed: Entries): SiteLine | undefined =>
  lines.find((line) => {
    const entry = entryOf(line, typed)
    return !entry || !sendable(entry)
  })

/** A place on earth in degrees, as the server takes it. */
export interface Place {
  longitude: string
  latitude: string
}
const DEGREES = 6
export const placeOf = (longitude: number, latitude: number): Place => ({ longitude: longitude.toFixed(DEGREES), latitude: latitude.toFixed(DEGREES) })
/** Millionths of a degree, to be read. */
export const spotWords = ({ longitude_e6, latitude_e6 }: Schema<'Spot'>): string => `${(longitude_e6 / 1e6).toFixed(DEGREES)}, ${(latitude_e6 / 1e6).toFixed(DEGREES)}`

/** When a picture was taken, as an input of date and hour takes it, in the legal zone. */
const OFFSET = 8 * 3_600_000
export const localHour = (instant: number): string => new Date(instant + OFFSET).toISOString().slice(0, 16)
/** Back into an instant with its zone. Seconds of the picture are kept while the minute was not changed. */
export function instantOf(hour: string, taken: number): string {
  const instant = localHour(taken) === hour ? taken : Date.parse(`${hour}:00+08:00`)
  return new Date(instant).toISOString()
}

const tones = { passed: 'fine', rectify: 'soon', failed: 'late' } as const
/** How an outcome looks. */
export const outcomeTone = (outcome: Schema<'SiteOutcome'>): (typeof tones)[keyof typeof tones] => tones[outcome]

/** What the concluded visits found on each condition, the latest of each. */
export function seenOnSite(application: Pick<Application, 'site_checks'>): Map<string, Entry> {
  const concluded = checksOf(application).filter(({ conclusion }) => conclusion)
  return new Map(concluded.flatMap(({ lines }) => lines.flatMap(({ condition, result }) => (result ? [[condition, { met: result.met, text: result.text }] as const] : []))))
}
