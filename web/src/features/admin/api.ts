import { api, call, ifMatch, once, type Schema } from '@/api/client'

export type Account = Schema<'AccountView'>
export type AccountRequest = Schema<'AccountRequest'>
export type AccountChange = Schema<'AccountChangeRequest'>
export type Role = Schema<'RoleView'>
export type Department = Schema<'DepartmentView'>
export type Qualification = Schema<'QualificationView'>
/** An event, with the name of what it is about. */
export type Event = Schema<'EventEntry'>
export type Proof = Schema<'Proof'>
export type Job = Schema<'JobView'>
export type JobSummary = Schema<'JobSummary'>
export type Matter = Schema<'MatterView'>
export type MatterVersion = Schema<'MatterVersion'>
export type Unconfirmed = Schema<'UnconfirmedFact'>
export type Entry = Schema<'CodeEntry'>

const at = (id: string): { path: { id: string } } => ({ path: { id } })

export interface AccountQuery {
  q?: string
  end?: Schema<'End'>
  role?: Schema<'Role'>
  state?: Schema<'AccountState'>
}
const from = (cursor: string | undefined): { cursor?: string } => (cursor === undefined ? {} : { cursor })

export const readAccounts = (query: AccountQuery, limit: number, cursor: string | undefined, signal: AbortSignal): Promise<Schema<'Page_AccountView'>> =>
  call(api.GET('/api/v1/accounts', { params: { query: { ...query, limit, ...from(cursor) } }, signal }))
export const readAccount = (id: string, signal: AbortSignal): Promise<Account> => call(api.GET('/api/v1/accounts/{id}', { params: at(id), signal }))
export const makeAccount = (body: AccountRequest, key: string): Promise<Account> => call(api.POST('/api/v1/accounts', { params: {}, headers: once(key), body }))
export const changeAccount = (id: string, version: number, body: AccountChange): Promise<Account> =>
  call(api.PUT('/api/v1/accounts/{id}', { params: { ...at(id), header: ifMatch(version) }, body }))
export const resetPassword = (id: string, password: string): Promise<unknown> => call(api.POST('/api/v1/accounts/{id}/password-resets', { params: at(id), body: { password } }))
export const readRoles = (signal?: AbortSignal): Promise<Role[]> => call(api.GET('/api/v1/roles', { ...(signal && { signal }) }))
export const readDepartments = (signal?: AbortSignal): Promise<Department[]> => call(api.GET('/api/v1/departments', { ...(signal && { signal }) }))
export const readQualifications = (id: string, signal: AbortSignal): Promise<Qualification[]> =>
  call(api.GET('/api/v1/accounts/{id}/qualifications', { params: at(id), signal }))
export const addQualification = (id: string, body: Schema<'QualificationRequest'>, key: string): Promise<Qualification> =>
  call(api.POST('/api/v1/accounts/{id}/qualifications', { params: at(id), headers: once(key), body }))

export const readRegions = (parent: string): Promise<Entry[]> => call(api.GET('/api/v1/regions', { params: { query: parent === '' ? {} : { parent } } }))

export interface EventQuery {
  kind?: string
  since?: string
  until?: string
  account?: string
  enterprise?: string
  subject_type?: string
  subject_id?: string
}
export const readEvents = (query: EventQuery, limit: number, cursor: string | undefined, signal: AbortSignal): Promise<Schema<'Page_EventEntry'>> =>
  call(api.GET('/api/v1/events', { params: { query: { ...query, limit, ...from(cursor) } }, signal }))
export const readProof = (id: string, signal: AbortSignal): Promise<Proof> => call(api.GET('/api/v1/events/{id}/proof', { params: at(id), signal }))
export const readLog = (signal?: AbortSignal): Promise<Schema<'LogDescription'>> => call(api.GET('/api/v1/public/evidence-log', { ...(signal && { signal }) }))

export const readJobs = (query: { state?: Schema<'JobState'> }, limit: number, cursor: string | undefined, signal: AbortSignal): Promise<Schema<'Page_JobView'>> =>
  call(api.GET('/api/v1/jobs', { params: { query: { ...query, limit, ...from(cursor) } }, signal }))
export const readJobSummary = (signal: AbortSignal): Promise<JobSummary> => call(api.GET('/api/v1/jobs/summary', { signal }))
export const retryJob = (id: string, key: string): Promise<Job> => call(api.POST('/api/v1/jobs/{id}/retries', { params: at(id), headers: once(key) }))
export const cancelJob = (id: string, key: string): Promise<Job> => call(api.POST('/api/v1/jobs/{id}/cancellation', { params: at(id), headers: once(key) }))

export const readMatters = async (signal: AbortSignal): Promise<Schema<'MatterSummary'>[]> => (await call(api.GET('/api/v1/matters', { signal }))).items
/** Work that was handed down, with names for its stages where the server tells them. */
export type Devolution = Schema<'DevolutionView'> & { stage_names?: string[]; sources?: string[] }
export const readDevolutions = (signal: AbortSignal): Promise<Devolution[]> => call(api.GET('/api/v1/public/devolutions', { signal }))
export const readUnconfirmed = (signal: AbortSignal): Promise<Unconfirmed[]> => call(api.GET('/api/v1/matters-unconfirmed', { signal }))
export const readVersions = (key: string, signal: AbortSignal): Promise<MatterVersion[]> => call(api.GET('/api/v1/matters/{key}/versions', { params: { path: { key } }, signal }))
export const readMatter = (key: string, version: number | undefined, signal: AbortSignal): Promise<Matter> =>
  call(api.GET('/api/v1/matters/{key}', { params: { path: { key }, query: version === undefined ? {} : { version } }, signal }))

/** What the program says of itself. These two are for the operator's tools and stand outside of the described interface. */
export interface Ready {
  ready: boolean
  parts: { part: string; ready: boolean; detail?: string }[]
}
export interface Health {
  status: string
  version: string
  warnings?: { part: string; detail: string }[]
}
/** Both answer 503 with the same body where something is wrong: that is an answer, not a fault. */
async function probe<Answer>(path: string, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(path, { signal })
  return (await response.json()) as Answer
}
export const readReady = (signal: AbortSignal): Promise<Ready> => probe('/readyz', signal)
export const readHealth = (signal: AbortSignal): Promise<Health> => probe('/healthz', signal)

export type Webhook = Schema<'WebhookView'>
export interface DeliveryQuery {
  state: Schema<'NoticeDeliveryState'> | 'all'
  channel?: Schema<'NoticeChannel'>
}
export const readChannels = (signal: AbortSignal): Promise<Schema<'NoticeChannelView'>[]> => call(api.GET('/api/v1/notice-channels', { signal }))
export const readDeliveries = (query: DeliveryQuery, limit: number, cursor: string | undefined, signal: AbortSignal): Promise<Schema<'Page_NoticeDeliveryView'>> =>
  call(api.GET('/api/v1/notice-deliveries', { params: { query: { ...query, limit, ...from(cursor) } }, signal }))
export const retryDelivery = (id: string, key: string): Promise<Schema<'NoticeDeliveryView'>> => call(api.POST('/api/v1/notice-deliveries/{id}/retries', { params: at(id), headers: once(key) }))
export const readDelivery = (id: string): Promise<Schema<'NoticeDeliveryView'>> => call(api.GET('/api/v1/notice-deliveries/{id}', { params: at(id) }))
export const readWebhooks = (signal: AbortSignal): Promise<Schema<'Webhooks'>> => call(api.GET('/api/v1/webhooks', { signal }))
export const addWebhook = (body: Schema<'NewWebhook'>, key: string): Promise<Webhook> => call(api.POST('/api/v1/webhooks', { params: {}, headers: once(key), body }))
export const endWebhook = (id: string): Promise<unknown> => call(api.DELETE('/api/v1/webhooks/{id}', { params: at(id) }))
/** One signed event that is none, by which both sides see that the way works. */
export const tryWebhook = (id: string, key: string): Promise<Schema<'NoticeDeliveryView'>> => call(api.POST('/api/v1/webhooks/{id}/tests', { params: at(id), headers: once(key) }))
