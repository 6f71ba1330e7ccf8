import type { Schema } from '@/api/client'
import { shared as text } from '@/locales/zh-CN/shared'

/** A clock as the server counts it. Pages show it; they never count. */
export type Clock = Schema<'ClockView'>

/** In what a clock counts: 工作日 and 日 are told apart wherever a number of them is said. */
export type Unit = Clock['unit']

/** How a clock looks. */
export type ClockState = 'late' | 'soon' | 'fine' | 'held' | 'done'

export function clockState(clock: Clock): ClockState {
  if (clock.ended_on) return 'done'
  if (clock.stopped) return 'held'
  if (clock.light === 'red') return 'late'
  return clock.light === 'yellow' ? 'soon' : 'fine'
}

/** A number of days with its unit. */
export const daysText = (amount: number, unit: Unit): string => text.clock.term(amount, text.clock.units[unit])

/** A length as the server words it, set as other figures are: 45 日. */
export const spaced = (term: string): string => term.replace(/^(\d+)(?=\S)/, '$1 ')

/** The clock in as few words as fit on a chip. */
export function clockText(clock: Clock): string {
  const { left, used, unit } = clock
  switch (clockState(clock)) {
    case 'done':
      return typeof used === 'number' ? text.clock.doneIn(daysText(used, unit)) : text.clock.done
    case 'held':
      return text.clock.held
    default:
      if (typeof left !== 'number') return clock.due_words
      if (left < 0) return text.clock.late(daysText(-left, unit))
      return left === 0 ? text.clock.today : text.clock.left(daysText(left, unit))
  }
}

/** The share of the period that is used, 0 to 1. */
export function usedShare({ used, left }: Clock): number {
  if (typeof used !== 'number' || typeof left !== 'number') return 0
  const whole = used + left
  return whole <= 0 ? 1 : Math.min(1, Math.max(0, used / whole))
}

/** Everything about the clock, for whoever points at the chip. */
export const clockTitle = (clock: Clock): string => text.clock.title(clock.name, spaced(clock.term), clock.due_words)
