import { api, call, ifMatch, once, type Schema } from '@/api/client'
import type { Slice } from '@/shared/composables/usePaged'

export type Filing = Schema<'LicenceFilingView'>
export type Matter = Schema<'FilingMatter'>
export type Kind = Matter['kind']

const sent = (one: Filing, key: string) => ({ params: { path: { id: one.id } }, headers: { ...ifMatch(one.version), ...once(key) } })

export const readFiling = (id: string, signal: AbortSignal): Promise<Filing> => call(api.GET('/api/v1/licence-filings/{id}', { params: { path: { id } }, signal }))

/** What was filed, newest first. */
export const readFilings = (query: { kind?: string; open?: boolean; waits?: boolean; q?: string; limit?: number; cursor?: string }, signal?: AbortSignal): Promise<Slice<Filing>> =>
  call(api.GET('/api/v1/licence-filings', { params: { query }, ...(signal ? { signal } : {}) }))

export const readTimeline = (id: string, signal: AbortSignal): Promise<Slice<Schema<'Event'>>> =>
  call(api.GET('/api/v1/licence-filings/{id}/timeline', { params: { path: { id }, query: { limit: 100 } }, signal }))

/** What follows upon a filing. Each takes the key of its form and the version that was looked at. */
export const acts = {
  post: (one: Filing, key: string, place: string) => call(api.POST('/api/v1/licence-filings/{id}/postings', { ...sent(one, key), body: { place } })),
  exchange: (one: Filing, key: string) => call(api.POST('/api/v1/licence-filings/{id}/exchanges', { ...sent(one, key), body: {} })),
  recover: (one: Filing, key: string) => call(api.POST('/api/v1/licence-filings/{id}/recoveries', sent(one, key))),
  report: (one: Filing, key: string, text: string) => call(api.POST('/api/v1/licence-filings/{id}/reports', { ...sent(one, key), body: { text } })),
  standIn: async (one: Filing, key: string) => (await call(api.POST('/api/v1/licence-filings/{id}/stand-ins', sent(one, key)))).filing,
  takeBack: (one: Filing, key: string, papers: string) => call(api.POST('/api/v1/licence-filings/{id}/paper-returns', { ...sent(one, key), body: { papers } })),
  destroy: (one: Filing, key: string, method: string) => call(api.POST('/api/v1/licence-filings/{id}/destructions', { ...sent(one, key), body: { method } })),
  witness: (one: Filing, key: string) => call(api.POST('/api/v1/licence-filings/{id}/destruction-witnesses', sent(one, key))),
}
