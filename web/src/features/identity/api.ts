import { api, call, type Schema } from '@/api/client'

export type OwnSession = Schema<'SessionView'>

export const sessions = (signal: AbortSignal): Promise<OwnSession[]> => call(api.GET('/api/v1/sessions', { signal }))
export const endSession = (id: string): Promise<unknown> => call(api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } }))
/** The name of the department or enterprise that an account belongs to; empty where it is none. */
export async function ownBody({ scope: { department, enterprise } }: Schema<'Me'>, signal: AbortSignal): Promise<string> {
  if (enterprise) return (await call(api.GET('/api/v1/enterprises/{id}', { params: { path: { id: enterprise } }, signal }))).name
  if (!department) return ''
  return (await call(api.GET('/api/v1/departments', { signal }))).find(({ key }) => key === department)?.name ?? ''
}
export const changePassword = (body: Schema<'PasswordChange'>): Promise<unknown> => call(api.PUT('/api/v1/me/password', { body }))
export const beginFactor = (): Promise<Schema<'TotpSetup'>> => call(api.POST('/api/v1/me/totp'))
export const confirmFactor = (code: string): Promise<unknown> => call(api.PUT('/api/v1/me/totp', { body: { code } }))
export const removeFactor = (code: string): Promise<unknown> => call(api.POST('/api/v1/me/totp/removal', { body: { code } }))
