import { api, call, type Schema } from '@/api/client'
import { asProblem } from '@/api/problem'
import type { Duty } from '@/shared/lib/duties'

export type Licence = Schema<'LicenceView'>
export type Item = Schema<'ListItem'>
const MOST = 200

/** What the enterprise owes; one that holds no licence owes nothing. */
export async function readDuties(enterprise: string, from: string, until: string, signal: AbortSignal): Promise<Duty[]> {
  try {
    return await call(api.GET('/api/v1/enterprises/{id}/licence-duties', { params: { path: { id: enterprise }, query: { from, until } }, signal }))
  } catch (error) {
    if (asProblem(error).status === 404) return []
    throw error
  }
}
export const readLicences = async (signal: AbortSignal): Promise<Licence[]> => (await call(api.GET('/api/v1/licences', { params: { query: { limit: MOST } }, signal }))).items
export const readApplications = async (signal: AbortSignal): Promise<Item[]> => (await call(api.GET('/api/v1/applications', { params: { query: { limit: 50 } }, signal }))).items
