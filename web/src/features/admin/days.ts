import { moment } from '@/shared/lib/format'

/** Legal days of a filter as the instants that the server asks for: from its beginning, to the end of the last day. */
export function daysAsInstants<Query extends { since?: string; until?: string }>(query: Query): Query {
  const begin = (day: string): string => new Date(`${day}T00:00:00+08:00`).toISOString()
  const after = (day: string): string => new Date(Date.parse(`${day}T00:00:00+08:00`) + 86_400_000).toISOString()
  return { ...query, ...(query.since && { since: begin(query.since) }), ...(query.until && { until: after(query.until) }) }
}

/** An instant to the second, where many things happened in one minute. */
export const toTheSecond = (instant: string): string => `${moment(instant)}:${String(new Date(instant).getUTCSeconds()).padStart(2, '0')}`
