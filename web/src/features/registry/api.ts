import { api, call, ifMatch, once, type Schema } from '@/api/client'

export type Enterprise = Schema<'EnterpriseView'>
export type Watch = Schema<'EnterpriseWatch'>
export type Counts = Schema<'Counts'>
export type Ledger = Schema<'LedgerView'>
export type Import = Schema<'ImportReport'>
export type Issue = Schema<'IssueView'>

export type Size = Schema<'SizeClass'>
export type Danger = Schema<'Danger'>
export type State = Schema<'EnterpriseState'>

/** What a list of enterprises can be narrowed by. */
export interface EnterpriseQuery {
  q?: string
  region?: string
  industry?: string
  size?: Size
  danger?: Danger
  state?: State
  code_warnings?: boolean
  watched?: boolean
  limit?: number
  cursor?: string
}

export const readEnterprises = (query: EnterpriseQuery, signal: AbortSignal): Promise<Schema<'Page_EnterpriseView'>> =>
  call(api.GET('/api/v1/enterprises', { params: { query }, signal }))

export const readEnterprise = (id: string, signal?: AbortSignal): Promise<Enterprise> =>
  call(api.GET('/api/v1/enterprises/{id}', { params: { path: { id } }, ...(signal ? { signal } : {}) }))

/** How many enterprises there are, in a region and in each region one level below. */
export const readLedger = (region: string, signal?: AbortSignal): Promise<Ledger> =>
  call(api.GET('/api/v1/ledgers/enterprises', { params: { query: region ? { region } : {} }, ...(signal ? { signal } : {}) }))

export const readRegions = (parent: string): Promise<Schema<'CodeEntry'>[]> =>
  call(api.GET('/api/v1/regions', { params: { query: parent ? { parent } : {} } }))
export const readIndustries = (parent: string): Promise<Schema<'CodeEntry'>[]> =>
  call(api.GET('/api/v1/industries', { params: { query: parent ? { parent } : {} } }))

/** Changes a file; refused when somebody else has changed it since (`version`). */
export const changeEnterprise = (id: string, version: number, body: Schema<'EnterpriseRequest'>): Promise<Enterprise> =>
  call(api.PUT('/api/v1/enterprises/{id}', { params: { path: { id }, header: ifMatch(version) }, body }))
export const addEnterprise = (key: string, body: Schema<'EnterpriseRequest'>): Promise<Enterprise> =>
  call(api.POST('/api/v1/enterprises', { headers: once(key), body }))

/** Takes an enterprise off the list for closer supervision. */
export const endWatch = (one: Watch, key: string, reason: string): Promise<Watch> =>
  call(api.POST('/api/v1/enterprise-watches/{id}/closures', { params: { path: { id: one.id }, header: ifMatch(one.version) }, headers: once(key), body: { reason } }))

export const readImports = (cursor: string | undefined, signal: AbortSignal): Promise<Schema<'Page_ImportReport'>> =>
  call(api.GET('/api/v1/enterprise-imports', { params: { query: { limit: 10, ...(cursor ? { cursor } : {}) } }, signal }))
export const readImport = (id: string, signal?: AbortSignal): Promise<Import> =>
  call(api.GET('/api/v1/enterprise-imports/{id}', { params: { path: { id } }, ...(signal ? { signal } : {}) }))
export const cancelImport = (id: string): Promise<Import> => call(api.POST('/api/v1/enterprise-imports/{id}/cancellation', { params: { path: { id } } }))
export const readIssues = (id: string, kind: Schema<'IssueKind'> | undefined, cursor: string | undefined, signal: AbortSignal): Promise<Schema<'Page_IssueView'>> =>
  call(api.GET('/api/v1/enterprise-imports/{id}/issues', { params: { path: { id }, query: { limit: 50, ...(kind ? { kind } : {}), ...(cursor ? { cursor } : {}) } }, signal }))
