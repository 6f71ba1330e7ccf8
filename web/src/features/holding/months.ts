import type { Duty } from '@/shared/lib/duties'

/** The days of a month as a calendar shows them, and other arithmetic of legal days. */
const pad = (number: number): string => String(number).padStart(2, '0')
const utc = (day: string): Date => new Date(`${day}T00:00:00Z`)
const legal = (date: Date): string => date.toISOString().slice(0, 10)

/** A legal day some days away. */
export function addDays(day: string, days: number): string {
  const date = utc(day)
  date.setUTCDate(date.getUTCDate() + days)
  return legal(date)
}

/** A month (`2026-11`) some months away. */
export function addMonths(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  const index = year * 12 + (number - 1) + months
  return `${Math.floor(index / 12)}-${pad((index % 12) + 1)}`
}

export interface Cell {
  day: string
  /** Whether it belongs to the month itself. */
  own: boolean
  duties: Duty[]
}

/** Whole weeks, Monday first, with what is owed by each day. */
export function weeksOf(month: string, duties: readonly Duty[]): Cell[][] {
  const first = `${month}-01`
  const back = (utc(first).getUTCDay() + 6) % 7
  const weeks: Cell[][] = []
  for (let start = addDays(first, -back); start < `${addMonths(month, 1)}-01`; start = addDays(start, 7)) {
    weeks.push(
      Array.from({ length: 7 }, (_, at) => {
        const day = addDays(start, at)
        return { day, own: day.slice(0, 7) === month, duties: duties.filter(({ due }) => due === day) }
      }),
    )
  }
  return weeks
}
