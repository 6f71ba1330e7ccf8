import { api, call, once, type Schema } from '@/api/client'

export type Application = Schema<'ApplicationView'>
export type Matter = Schema<'MatterView'>
export type Action = Schema<'Action'>
export type Review = Schema<'ReviewView'>

/** What an application waits for; other acts only accompany it. */
export const MAIN_ACTIONS = ['accept', 'first_review', 'second_review', 'decide', 'deliver'] as const satisfies readonly Action[]
export type Occasion = Schema<'Occasion'>

/** One application, with what may be done on it now. */
export const readApplication = (id: string, signal?: AbortSignal): Promise<Application> =>
  call(api.GET('/api/v1/applications/{id}', { params: { path: { id } }, ...(signal && { signal }) }))

/** The rules of an application: the version under which it was handed in. */
export const readMatter = (key: string, version: number, signal: AbortSignal): Promise<Matter> =>
  call(api.GET('/api/v1/matters/{key}', { params: { path: { key }, query: { version } }, signal }))

/** What happened, newest first; `before` is the number of the oldest event that is known. */
export const readTimeline = (id: string, before: number | undefined, limit: number, signal?: AbortSignal): Promise<Schema<'Event'>[]> =>
  call(api.GET('/api/v1/applications/{id}/timeline', { params: { path: { id }, query: before === undefined ? { limit } : { before, limit } }, ...(signal && { signal }) }))

/** The licence that was granted on an application, once it has its number. */
export async function readLicenceOf(application: Application): Promise<Schema<'LicenceView'> | undefined> {
  const query = { enterprise: application.applicant.enterprise, limit: 50 }
  const page = await call(api.GET('/api/v1/licences', { params: { query } }))
  return page.items.find((one) => one.application === application.id)
}

/** The acts of the officers. Each takes the key of its form, so that a retry never acts twice. */
export const acts = {
  takeOver: (id: string, key: string) => call(api.POST('/api/v1/applications/{id}/ownership', { params: { path: { id } }, headers: once(key) })),
  accept: (id: string, key: string, body: Schema<'AcceptanceRequest'>) =>
    call(api.POST('/api/v1/applications/{id}/acceptances', { params: { path: { id } }, headers: once(key), body })),
  correct: (id: string, key: string, body: Schema<'CorrectionRequest'>) =>
    call(api.POST('/api/v1/applications/{id}/corrections', { params: { path: { id } }, headers: once(key), body })),
  refuse: (id: string, key: string, body: Schema<'NonAcceptanceRequest'>) =>
    call(api.POST('/api/v1/applications/{id}/non-acceptances', { params: { path: { id } }, headers: once(key), body })),
  review: (id: string, key: string, body: Schema<'ReviewRequest'>) =>
    call(api.POST('/api/v1/applications/{id}/reviews', { params: { path: { id } }, headers: once(key), body })),
  returnReview: (id: string, department: string, key: string, body: Schema<'Reason'>) =>
    call(api.POST('/api/v1/applications/{id}/reviews/{department}/returns', { params: { path: { id, department } }, headers: once(key), body })),
  stop: (id: string, key: string, body: Schema<'StopRequest'>) =>
    call(api.POST('/api/v1/applications/{id}/clock-stops', { params: { path: { id } }, headers: once(key), body })),
  resume: (id: string, stop: string, key: string) =>
    call(api.POST('/api/v1/applications/{id}/clock-stops/{stop}/resumptions', { params: { path: { id, stop } }, headers: once(key) })),
  extend: (id: string, key: string, body: Schema<'ExtensionRequest'>) =>
    call(api.POST('/api/v1/applications/{id}/extensions', { params: { path: { id } }, headers: once(key), body })),
  firstReview: (id: string, key: string, body: Schema<'OpinionRequest'>) =>
    call(api.POST('/api/v1/applications/{id}/first-reviews', { params: { path: { id } }, headers: once(key), body })),
  secondReview: (id: string, key: string, body: Schema<'OpinionRequest'>) =>
    call(api.POST('/api/v1/applications/{id}/second-reviews', { params: { path: { id } }, headers: once(key), body })),
  decide: (id: string, key: string, body: Schema<'DecisionRequest'>) =>
    call(api.POST('/api/v1/applications/{id}/decisions', { params: { path: { id } }, headers: once(key), body })),
  breakCommitment: (id: string, key: string, body: Schema<'Reason'>) =>
    call(api.POST('/api/v1/applications/{id}/commitment-breaches', { params: { path: { id } }, headers: once(key), body })),
  deliver: (id: string, key: string, body: Schema<'DeliveryRequest'>) =>
    call(api.POST('/api/v1/applications/{id}/deliveries', { params: { path: { id } }, headers: once(key), body })),
}

/** What was found on a condition, by whom. */
export interface Judged {
  key: string
  text: string
  findings: { department: string; met: Schema<'Met'>; text: string }[]
}
/** The conditions that any department looks at, each once, with the findings of all that have handed in. */
export function byCondition(reviews: readonly Review[]): Judged[] {
  const found = new Map<string, Judged>()
  for (const { department_name: department, conditions, findings } of reviews) {
    for (const { key, text } of conditions) {
      const one = found.get(key) ?? { key, text, findings: [] }
      const own = findings?.find(({ condition }) => condition === key)
      found.set(key, own ? { ...one, findings: [...one.findings, { department, met: own.met, text: own.text ?? '' }] } : one)
    }
  }
  return [...found.values()]
}

export type RiskLine = Schema<'RiskLine'>
type Level = Schema<'RiskLevel'>
const LEVELS: readonly Level[] = ['high', 'attention', 'clear', 'no_data']
/** The lines of a risk report, the gravest first; those without data apart; and how many there are of each level. */
export function byWeight(lines: readonly RiskLine[]): { known: RiskLine[]; unknown: RiskLine[]; sum: { level: Level; lines: number }[] } {
  const of = (level: Level): RiskLine[] => lines.filter((line) => line.level === level)
  return {
    known: LEVELS.filter((level) => level !== 'no_data').flatMap(of),
    unknown: of('no_data'),
    sum: LEVELS.map((level) => ({ level, lines: of(level).length })).filter((one) => one.lines > 0),
  }
}
