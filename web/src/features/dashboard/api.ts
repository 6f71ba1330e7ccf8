import { api, call, type Schema } from '@/api/client'
import { ProblemError } from '@/api/problem'

export type Stages = Schema<'StageFigures'>
export type Days = Schema<'DayFigures'>
export type Departments = Schema<'DepartmentFigures'>
export type Regions = Schema<'RegionFigures'>
export type Officers = Schema<'OfficerFigures'>

/** What all figures of the page are narrowed by. */
export interface About {
  industry?: Schema<'Industry'>
  region?: string
}
/** The span of what has happened. */
export interface Span {
  from: string
  until: string
}

export const readStages = (query: About, signal: AbortSignal): Promise<Stages> => call(api.GET('/api/v1/figures/stages', { params: { query }, signal }))
export const readDays = (query: About & Span, signal: AbortSignal): Promise<Days> => call(api.GET('/api/v1/figures/days', { params: { query }, signal }))
export const readDepartments = (query: About & Span, signal: AbortSignal): Promise<Departments> => call(api.GET('/api/v1/figures/departments', { params: { query }, signal }))
export const readRegions = (query: About, signal: AbortSignal): Promise<Regions> => call(api.GET('/api/v1/figures/regions', { params: { query }, signal }))
export const readOfficers = (query: About, signal: AbortSignal): Promise<Officers> => call(api.GET('/api/v1/figures/officers', { params: { query }, signal }))

/** Outlines of the districts, where the installation has them; without them the figures stand in a table only. */
export async function readOutlines(): Promise<Schema<'Outlines'> | null> {
  try {
    return (await call(api.GET('/api/v1/regions/outlines'))) as Schema<'Outlines'>
  } catch (error) {
    if (error instanceof ProblemError && error.problem.status === 404) return null
    throw error
  }
}
