import { clockTime, daysBetween, legalDay } from '@/shared/lib/format'
import { collaboration } from '@/locales/zh-CN/collaboration'

const text = collaboration.due

/** In what days are counted. */
type Unit = keyof typeof text.units
const term = (amount: number, unit: Unit): string => text.term(amount, text.units[unit])

/** How near a last day is, in words and tone. */
export interface Due {
  words: string
  tone: 'late' | 'soon' | 'fine' | 'held'
}

/** Days until a last day; the light is the server's. What stands still and is red was late before it stood still. */
export function dueOf(light: 'red' | 'yellow' | 'green', left: number | null | undefined, held = false, unit: Unit = 'days'): Due {
  if (held) return light === 'red' && typeof left === 'number' && left < 0 ? { words: text.late(term(-left, unit)), tone: 'late' } : { words: text.held, tone: 'held' }
  if (typeof left !== 'number') return { words: text.none, tone: 'held' }
  const tone = { red: 'late', yellow: 'soon', green: 'fine' } as const
  const words = left < 0 ? text.late(term(-left, unit)) : left === 0 ? text.today : text.left(term(left, unit))
  return { words, tone: tone[light] }
}

/** The same of a day that has no light: late is what the server calls late. */
export function dayDue(due: string, today: string, late: boolean): Due {
  const left = daysBetween(today, due)
  return dueOf(late ? 'red' : left <= 0 ? 'yellow' : 'green', left)
}

const HOUR = 3_600_000
/** Hours are counted while there are not more of them than in two days. */
const BY_HOURS = 48

/** How near an instant is: by hours when it is near, else by days. */
export function momentDue(due: string, now: Date, late: boolean): Due {
  const hours = (Date.parse(due) - now.getTime()) / HOUR
  const whole = Math.floor(Math.abs(hours))
  if (late) return { words: whole <= BY_HOURS ? text.lateHours(whole) : text.lateDays(Math.floor(whole / 24)), tone: 'late' }
  if (hours <= BY_HOURS) return { words: text.leftHours(Math.max(0, Math.floor(hours))), tone: hours <= BY_HOURS / 4 ? 'soon' : 'fine' }
  return { words: text.left(term(daysBetween(legalDay(now), legalDay(due)), 'days')), tone: 'fine' }
}

/** A last instant as people write it: the midnight that ends a day is that day's 24:00. */
export function until(due: string, day: (date: string) => string): string {
  const at = clockTime(due)
  if (at !== '00:00') return `${day(legalDay(due))} ${at}`
  return `${day(legalDay(new Date(Date.parse(due) - 1)))} 24:00`
}
