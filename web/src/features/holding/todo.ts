import type { Schema } from '@/api/client'
import type { Tone } from '@/shared/components/StateBadge.vue'
import { bandOf, type Duty, type Held, pressing, wayOf } from '@/shared/lib/duties'
import { clockState, clockText } from '@/shared/lib/clock'
import { daysBetween } from '@/shared/lib/format'
import { duties as words } from '@/locales/zh-CN/duties'
import { holding } from '@/locales/zh-CN/holding'

type Item = Schema<'ListItem'>
const text = holding.home

/** One thing that waits for the enterprise, whatever it comes from. */
export interface Todo {
  key: string
  title: string
  detail: string
  /** Last day, where there is one. */
  due: string | null
  tone: Tone
  said: string
  to: string
  act: string
}

const left = (due: string, today: string): { tone: Tone; said: string } => {
  const days = daysBetween(today, due)
  return { tone: days < 0 ? 'late' : days <= 7 ? 'soon' : 'active', said: days < 0 ? words.late(-days) : words.left(days) }
}

/** As the application itself says it: the server counts, in working days or days. */
const counted = (clock: NonNullable<Item['clock']>): { tone: Tone; said: string } => {
  const state = clockState(clock)
  return { tone: state === 'late' || state === 'soon' ? state : 'active', said: clockText(clock) }
}

/** Applications, duties and drafts in one order: by deadline, what has none comes last. */
export function todosOf(items: readonly Item[], duties: readonly Duty[], licences: readonly Held[], today: string): Todo[] {
  const corrections = items
    .filter(({ state }) => state === 'correcting')
    .map((item): Todo => {
      const due = item.clock?.due_on ?? null
      return {
        key: item.id,
        title: text.correct(item.matter_name),
        detail: text.correctDetail,
        due,
        ...(item.clock ? counted(item.clock) : { tone: 'soon' as const, said: text.noDeadline }),
        to: `/applications/${item.id}`,
        act: text.go.correct,
      }
    })
  // What is under way stands among the applications.
  const owed = pressing(duties, today).filter(({ application }) => !application).map((one): Todo => {
    const { to, act } = wayOf(one, licences.find(({ id }) => id === one.licence), today)
    return {
      key: `${one.key}.${one.licence}.${one.due}`,
      title: one.title,
      detail: one.number,
      due: one.due,
      ...left(one.due, today),
      to,
      act,
    }
  })
  const drafts = items
    .filter(({ state }) => state === 'draft')
    .map((item): Todo => ({ key: item.id, title: text.draft(item.matter_name), detail: text.draftDetail, due: null, tone: 'draft', said: text.noDeadline, to: `/applications/${item.id}/edit`, act: text.go.draft }))
  const dated = [...corrections, ...owed].sort((a, b) => (a.due ?? '').localeCompare(b.due ?? ''))
  return [...dated, ...drafts]
}

/** What the home page found, in a sentence. */
export function headingOf(todos: readonly Todo[], items: readonly Item[], duties: readonly Duty[], today: string): string {
  const late = todos.filter(({ tone }) => tone === 'late').length
  const corrections = items.filter(({ state }) => state === 'correcting').length
  const drafts = items.filter(({ state }) => state === 'draft').length
  const first = todos.find(({ due }) => due !== null)
  if (late > 0) return text.heading.late(late)
  if (corrections > 0) return text.heading.correct(corrections)
  if (first && duties.some((one) => ['week', 'month'].includes(bandOf(one, today)))) return text.heading.due(todos.length - drafts, first.said)
  if (drafts > 0) return text.heading.draft(drafts)
  const running = runningOf(items).length
  return running > 0 ? text.heading.running(running) : text.heading.idle
}

const ENDED: readonly Item['state'][] = ['draft', 'correcting', 'granted', 'refused', 'not_accepted', 'withdrawn']
/** What others do now. */
export const runningOf = (items: readonly Item[]): Item[] => items.filter(({ state }) => !ENDED.includes(state))
