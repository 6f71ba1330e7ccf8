import { api, call, ifMatch, once, type Schema } from '@/api/client'
import type { Slice } from '@/shared/composables/usePaged'

export type Case = Schema<'LicenceCaseView'>
export type Paper = Schema<'LicenceCasePaperView'>
export type Measure = Schema<'LicenceMeasure'>
export type Kind = Measure['kind']
export type Licence = Schema<'LicenceView'>
export type SuspensionCase = Schema<'SuspensionCase'>

const sent = (one: Case, key: string) => ({ params: { path: { id: one.id } }, headers: { ...ifMatch(one.version), ...once(key) } })

export const readCase = (id: string, signal: AbortSignal): Promise<Case> => call(api.GET('/api/v1/licence-cases/{id}', { params: { path: { id } }, signal }))
export const readLicence = (id: string, signal: AbortSignal): Promise<Licence> => call(api.GET('/api/v1/licences/{id}', { params: { path: { id } }, signal }))
export const readSuspensionCases = (industry: Schema<'Industry'>, signal: AbortSignal): Promise<SuspensionCase[]> =>
  call(api.GET('/api/v1/licence-suspension-cases', { params: { query: { industry } }, signal }))

/** What a list of cases is narrowed to. */
export interface Wanted {
  state?: string
  measure?: string
  waits?: boolean
  q?: string
}
/** Case files, newest first. */
export const readCases = (query: Wanted & { limit?: number; cursor?: string }, signal?: AbortSignal): Promise<Slice<Case>> =>
  call(api.GET('/api/v1/licence-cases', { params: { query }, ...(signal ? { signal } : {}) }))

export const readTimeline = (id: string, signal: AbortSignal): Promise<Slice<Schema<'Event'>>> =>
  call(api.GET('/api/v1/licence-cases/{id}/timeline', { params: { path: { id }, query: { limit: 100 } }, signal }))

/** A paper as it would go out now. */
export const previewUrl = (one: Case, kind: 'prior_notice' | 'decision'): string => `/api/v1/licence-cases/${one.id}/previews/${kind}`
export const evidenceUrl = (one: Case, piece: string): string => `/api/v1/licence-cases/${one.id}/evidence/${piece}`
export const paperUrl = (one: Case, paper: string): string => `/api/v1/licence-cases/${one.id}/papers/${paper}`

/** The acts. Each takes the key of its form and the version that was looked at. */
export const acts = {
  open: (licence: string, key: string, body: Schema<'LicenceCaseRequest'>) =>
    call(api.POST('/api/v1/licences/{id}/cases', { params: { path: { id: licence } }, headers: once(key), body })),
  find: (one: Case, key: string, body: Schema<'LicenceFindingsRequest'>) => call(api.POST('/api/v1/licence-cases/{id}/findings', { ...sent(one, key), body })),
  notice: (one: Case, key: string) => call(api.POST('/api/v1/licence-cases/{id}/prior-notices', sent(one, key))),
  state: (one: Case, key: string, body: Schema<'LicenceStatementRequest'>) => call(api.POST('/api/v1/licence-cases/{id}/statements', { ...sent(one, key), body })),
  hear: (one: Case, key: string, body: Schema<'LicenceHearingRequest'>) => call(api.POST('/api/v1/licence-cases/{id}/hearings', { ...sent(one, key), body })),
  propose: (one: Case, key: string, body: Schema<'LicenceProposalRequest'>) => call(api.POST('/api/v1/licence-cases/{id}/proposals', { ...sent(one, key), body })),
  decide: (one: Case, key: string, body: Schema<'LicenceSanctionRequest'>) => call(api.POST('/api/v1/licence-cases/{id}/approvals', { ...sent(one, key), body })),
  close: (one: Case, key: string, body: Schema<'LicenceCaseClosing'>) => call(api.POST('/api/v1/licence-cases/{id}/closures', { ...sent(one, key), body })),
  serve: (one: Case, paper: string, key: string, body: Schema<'LicenceServiceRequest'>) =>
    call(api.POST('/api/v1/licence-cases/{id}/papers/{paper}/services', { ...sent(one, key), params: { path: { id: one.id, paper } }, body })),
}
