import type { Schema } from '@/api/client'
import type { Tone } from '@/shared/components/StateBadge.vue'

/** The tone of each status of a licence: what may be used, what needs something soon, what is over or stopped. */
export const statusTones: Readonly<Record<Schema<'Status'>, Tone>> = {
  not_yet_valid: 'held',
  valid: 'fine',
  in_transition: 'soon',
  temporary: 'soon',
  expiring: 'soon',
  expired: 'late',
  suspended: 'late',
  revoked: 'late',
  rescinded: 'late',
  withdrawn: 'late',
  cancelled: 'held',
  replaced: 'held',
}

const OVER: readonly Schema<'Status'>[] = ['revoked', 'rescinded', 'withdrawn', 'cancelled', 'replaced']
/** Whether it has ended before its last day, so that the days up to there mean nothing. */
export const isOver = ({ status }: Pick<Schema<'LicenceView'>, 'status'>): boolean => !!status && OVER.includes(status)
