import { api, call, ifMatch, once, type Schema } from '@/api/client'

export type Notice = Schema<'NoticeView'>
export type Channel = Schema<'NoticeChannel'>
export type Preferences = Schema<'NoticePreferences'>
export type Address = Schema<'NoticeAddress'>
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

/** Sends a code to the saved address of a way. */
export const sendCode = (channel: Channel, key: string): Promise<Address> =>
  call(api.POST('/api/v1/notice-addresses/{channel}/codes', { params: { path: { channel } }, headers: once(key) }))
export const proveAddress = (channel: Channel, code: string, key: string): Promise<Address> =>
  call(api.POST('/api/v1/notice-addresses/{channel}/proofs', { params: { path: { channel } }, headers: once(key), body: { code } }))
