import { api, call, once, type Schema } from '@/api/client'
import type { paths } from '@/api/schema'

export type Entry = Schema<'LedgerEntry'>
export type Summary = Schema<'LedgerSummary'>
export type Letter = Schema<'ReminderLetter'>
export type Meeting = Schema<'JointMeeting'>
export type Rectification = Schema<'RectificationView'>
export type Referral = Schema<'ReferralView'>
export type Task = Schema<'TaskView'>
export type Light = Schema<'Light'>
export type DepartmentName = Schema<'DepartmentName'>

type Query<Path extends keyof paths> = NonNullable<paths[Path] extends { get: { parameters: { query?: infer Found } } } ? Found : never>
export type LedgerQuery = Query<'/api/v1/ledger'>
export type LetterQuery = Query<'/api/v1/reminder-letters'>
export type RectificationQuery = Query<'/api/v1/rectifications'>
export type ReferralQuery = Query<'/api/v1/referrals'>
export type Cursor = string | undefined
interface Slice<Row> {
  items: Row[]
  next?: string | null
}

const after = (cursor: Cursor): { cursor?: string } => (cursor ? { cursor } : {})

export const readLedger = (query: LedgerQuery, cursor: Cursor, signal: AbortSignal): Promise<Slice<Entry>> =>
  call(api.GET('/api/v1/ledger', { params: { query: { ...query, ...after(cursor) } }, signal }))
export const readSummary = (query: LedgerQuery, signal?: AbortSignal): Promise<Summary> =>
  call(api.GET('/api/v1/ledger/summary', { params: { query }, ...(signal ? { signal } : {}) }))
export const readLetters = (query: LetterQuery, cursor: Cursor, signal: AbortSignal): Promise<Slice<Letter>> =>
  call(api.GET('/api/v1/reminder-letters', { params: { query: { ...query, ...after(cursor) } }, signal }))
export const readLetter = (id: string, signal: AbortSignal): Promise<Letter> => call(api.GET('/api/v1/reminder-letters/{id}', { params: { path: { id } }, signal }))
export const letterFile = (id: string): string => `/api/v1/reminder-letters/${id}/file`
export const readMeetings = (cursor: Cursor, limit: number, signal: AbortSignal): Promise<Slice<Meeting>> =>
  call(api.GET('/api/v1/joint-meetings', { params: { query: { limit, ...after(cursor) } }, signal }))
export const readMeeting = (id: string, signal: AbortSignal): Promise<Meeting> => call(api.GET('/api/v1/joint-meetings/{id}', { params: { path: { id } }, signal }))
export const readRectifications = (query: RectificationQuery, cursor: Cursor, signal: AbortSignal): Promise<Slice<Rectification>> =>
  call(api.GET('/api/v1/rectifications', { params: { query: { ...query, ...after(cursor) } }, signal }))
export const readRectification = (id: string, signal: AbortSignal): Promise<Rectification> => call(api.GET('/api/v1/rectifications/{id}', { params: { path: { id } }, signal }))
export const readReferrals = (query: ReferralQuery, cursor: Cursor, signal: AbortSignal): Promise<Slice<Referral>> =>
  call(api.GET('/api/v1/referrals', { params: { query: { ...query, ...after(cursor) } }, signal }))
export const readReferral = (id: string, signal: AbortSignal): Promise<Referral> => call(api.GET('/api/v1/referrals/{id}', { params: { path: { id } }, signal }))
export const readTasks = (limit: number, signal: AbortSignal): Promise<Slice<Task>> => call(api.GET('/api/v1/application-tasks', { params: { query: { limit } }, signal }))
export const readRegions = (parent: string): Promise<Schema<'CodeEntry'>[]> => call(api.GET('/api/v1/regions', { params: { query: parent ? { parent } : {} } }))
export const readEnterprise = (id: string): Promise<Schema<'EnterpriseView'>> => call(api.GET('/api/v1/enterprises/{id}', { params: { path: { id } } }))
export const readApplication = (id: string): Promise<Schema<'ApplicationView'>> => call(api.GET('/api/v1/applications/{id}', { params: { path: { id } } }))

/** The server's time: in a demo it runs on its own. */
export async function readNow(demo: boolean): Promise<Date> {
  return demo ? new Date((await call(api.GET('/api/v1/demo/clock'))).now) : new Date()
}

export const acts = {
  receiveLetter: (id: string, key: string): Promise<Letter> => call(api.POST('/api/v1/reminder-letters/{id}/receipts', { params: { path: { id } }, headers: once(key) })),
  hold: (body: Schema<'NewJointMeeting'>, key: string): Promise<Meeting> => call(api.POST('/api/v1/joint-meetings', { body, headers: once(key) })),
  report: (id: string, text: string, key: string): Promise<Rectification> => call(api.POST('/api/v1/rectifications/{id}/reports', { params: { path: { id } }, headers: once(key), body: { text } })),
  close: (id: string, mended: boolean, text: string, key: string): Promise<Rectification> =>
    call(api.POST('/api/v1/rectifications/{id}/closures', { params: { path: { id } }, headers: once(key), body: { mended, text } })),
  refer: (body: Schema<'NewReferral'>, key: string): Promise<Referral> => call(api.POST('/api/v1/referrals', { body, headers: once(key) })),
  receive: (id: string, number: string, key: string): Promise<Referral> =>
    call(api.POST('/api/v1/referrals/{id}/receipts', { params: { path: { id } }, headers: once(key), body: number === '' ? {} : { number } })),
  answer: (id: string, returned: boolean, text: string, key: string): Promise<Referral> =>
    call(api.POST('/api/v1/referrals/{id}/answers', { params: { path: { id } }, headers: once(key), body: { returned, text } })),
}
