import { api, call, ifMatch, type Schema } from '@/api/client'

export type Notice = Schema<'NoticeView'>
export type Channel = Schema<'NoticeChannel'>
export type Preferences = Schema<'NoticePreferences'>
export type NewPreferences = Schema<'NewNoticePreferences'>

export interface NoticeQuery {
  unread?: boolean
  topic?: string
}

export const readNotices = (query: NoticeQuery, limit: number, cursor: string | undefined, signal?: AbortSignal): Promise<Schema<'Page_NoticeView'>> =>
  call(api.GET('/api/v1/notices', { params: { query: { ...query, limit, ...(cursor !== undefined && { cursor }) } }, ...(signal && { signal }) }))
export const readUnread = async (): Promise<number> => (await call(api.GET('/api/v1/notices/unread'))).unread
export const markRead = (id: string): Promise<Notice> => call(api.POST('/api/v1/notices/{id}/readings', { params: { path: { id } } }))
/** Everything up to the newest that was seen; what came since stays unread. */
export const markAllRead = async (until: string | undefined): Promise<number> =>
  (await call(api.POST('/api/v1/notices/readings', { params: {}, body: until === undefined ? {} : { until } }))).unread

export const readPreferences = (signal?: AbortSignal): Promise<Preferences> => call(api.GET('/api/v1/notice-preferences', { ...(signal && { signal }) }))
export const choosePreferences = (version: number, body: NewPreferences): Promise<Preferences> =>
  call(api.PUT('/api/v1/notice-preferences', { params: { header: ifMatch(version) }, body }))
