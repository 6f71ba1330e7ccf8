import { api, call } from '@/api/client'
import { day } from '@/shared/lib/format'
import { useSession } from '@/stores/session'
import { shell as text } from '@/locales/zh-CN/shell'

/** Something that was found, and where it is. */
export interface Hit {
  key: string
  to: string
  title: string
  detail: string
}
export interface Hits {
  kind: string
  name: string
  hits: Hit[]
}

/** The server looks for pairs of characters. */
export const SHORTEST = 2
const MOST = 5

/** Looks for enterprises, licences and applications at once, as far as the person may see them. */
export async function find(words: string, signal: AbortSignal): Promise<Hits[]> {
  const session = useSession()
  const query = { q: words, limit: MOST }
  const asks: Promise<Hits>[] = []
  if (session.may('applications:read')) asks.push(applications(query, signal))
  if (session.may('enterprises:read')) asks.push(enterprises(query, signal))
  if (session.may('licences:read')) asks.push(licences(query, signal))
  const found = await Promise.all(asks)
  return found.filter((group) => group.hits.length > 0)
}

type Query = { q: string; limit: number }

async function enterprises(query: Query, signal: AbortSignal): Promise<Hits> {
  const page = await call(api.GET('/api/v1/enterprises', { params: { query }, signal }))
  const hits = page.items.map(({ id, name, code, region_name }) => ({ key: `e${id}`, to: `/enterprises/${id}`, title: name, detail: `${code} · ${region_name}` }))
  return { kind: 'enterprises', name: text.search.enterprises, hits }
}

async function licences(query: Query, signal: AbortSignal): Promise<Hits> {
  const page = await call(api.GET('/api/v1/licences', { params: { query }, signal }))
  const hits = page.items.map(({ id, number, holder, valid_until }) => ({
    key: `l${id}`,
    to: `/licences/${id}`,
    title: number,
    detail: `${holder.name} · ${text.search.until(day(valid_until))}`,
  }))
  return { kind: 'licences', name: text.search.licences, hits }
}

async function applications(query: Query, signal: AbortSignal): Promise<Hits> {
  const page = await call(api.GET('/api/v1/applications', { params: { query }, signal }))
  const hits = page.items.map(({ id, reference, applicant, matter_name, state_name }) => ({
    key: `a${id}`,
    to: `/applications/${id}`,
    title: applicant,
    detail: `${reference ?? text.search.draft} · ${matter_name} · ${state_name}`,
  }))
  return { kind: 'applications', name: text.search.applications, hits }
}
