import type { Schema } from '@/api/client'
import { shared as text } from '@/locales/zh-CN/shared'

/** A clock as the server counts it. Pages show it; they never count. */
export type Clock = Schema<'ClockView'>

/** How a clock looks. */
export type ClockState = 'late' | 'soon' | 'fine' | 'held' | 'done'

export function clockState(clock: Clock): ClockState {
  if (clock.ended_on) return 'done'
  if (clock.stopped) return 'held'
  if (clock.light === 'red') return 'late'
  return clock.light === 'yellow' ? 'soon' : 'fine'
}

/** The clock in as few words as fit on a chip. */
export function clockText(clock: Clock): string {
  const { left, used } = clock
  switch (clockState(clock)) {
    case 'done':
      return typeof used === 'number' ? text.clock.doneIn(used) : text.clock.done
    case 'held':
      return text.clock.held
    default:
      if (typeof left !== 'number') return clock.due_words
      if (left < 0) return text.clock.late(-left)
      return left === 0 ? text.clock.today : text.clock.left(left)
  }
}

/** The share of the period that is used, 0 to 1. */
export function usedShare({ used, left }: Clock): number {
  if (typeof used !== 'number' || typeof left !== 'number') return 0
  const whole = used + left
  return whole <= 0 ? 1 : Math.min(1, Math.max(0, used / whole))
}

/** Everything about the clock, for whoever points at the chip. */
export const clockTitle = (clock: Clock): string => text.clock.title(clock.name, clock.term, clock.due_words)
