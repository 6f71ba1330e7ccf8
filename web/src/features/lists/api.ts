import { api, call, once, type Schema } from '@/api/client'

export type Duty = Schema<'ListedDuty'>
export type PublishedList = Schema<'PublishedList'>
export type ResponsibilityList = Schema<'ResponsibilityListView'>
export type Review = Awaited<ReturnType<typeof readReviews>>['items'][number]
export type Proposal = Schema<'ListReviewRequest'>
export type Decision = Schema<'ListDecisionRequest'>
export type Quarter = Schema<'QuarterView'>

export interface ReviewQuery {
  matter?: string
  quarter?: string
  state?: string
}

export const readQuarter = (signal?: AbortSignal): Promise<Quarter> => call(api.GET('/api/v1/list-reviews-due', { ...(signal && { signal }) }))
export const readReviews = (query: ReviewQuery, limit: number, cursor: string | undefined, signal: AbortSignal) =>
  call(api.GET('/api/v1/list-reviews', { params: { query: { ...query, limit, ...(cursor !== undefined && { cursor }) } }, signal }))
export const readList = (key: string, signal: AbortSignal): Promise<ResponsibilityList> => call(api.GET('/api/v1/public/responsibility-lists/{key}', { params: { path: { key } }, signal }))
export const propose = (body: Proposal, key: string) => call(api.POST('/api/v1/list-reviews', { params: {}, headers: once(key), body }))
export const decide = (id: string, body: Decision, key: string) => call(api.POST('/api/v1/list-reviews/{id}/decisions', { params: { path: { id } }, headers: once(key), body }))
