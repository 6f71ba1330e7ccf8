import type { Schema } from '@/api/client'
import type { Tone } from '@/shared/components/StateBadge.vue'
import { count } from '@/shared/lib/format'
import { registry } from '@/locales/zh-CN/registry'
import type { Import } from './api'

const text = registry.imports

export const importTones: Record<Schema<'ImportState'>, Tone> = { waiting: 'held', running: 'active', done: 'fine', cancelled: 'held', failed: 'late' }
export const issueTones: Record<Schema<'IssueKind'>, Tone> = { refused: 'late', warned: 'soon', skipped: 'held' }

export const underWay = ({ state }: Import): boolean => state === 'waiting' || state === 'running'
/** How many enterprises a real run of the same file would touch. */
export const promised = ({ taken, changed }: Import): number => taken + changed

/** What a run found, in a sentence. */
export function finding(run: Import): string {
  switch (run.state) {
    case 'waiting':
      return text.title_waiting
    case 'running':
      return text.title_running(run.dry_run)
    case 'cancelled':
      return text.title_cancelled
    case 'failed':
      return text.title_failed
    default:
      return run.refused > 0 ? text.title_refused(run.dry_run, count(run.refused)) : text.title_clean(run.dry_run, count(run.total))
  }
}
