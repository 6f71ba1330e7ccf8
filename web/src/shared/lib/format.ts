import { shared as text } from '@/locales/zh-CN/shared'

/** All days and hours are those of the legal calendar, wherever the browser stands. */
const ZONE = 'Asia/Shanghai'

const parts = (instant: string | Date): Record<string, string> =>
  Object.fromEntries(
    new Intl.DateTimeFormat('zh-CN', {
      timeZone: ZONE,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
      .formatToParts(new Date(instant))
      .map(({ type, value }) => [type, value]),
  )

/** A legal day `2026-11-21`, as written on papers. */
export function day(date: string): string {
  const [year, month, date_] = date.split('-').map(Number)
  return text.date.full(year ?? 0, month ?? 0, date_ ?? 0)
}

/** A legal day without the year where it is this year's. */
export function shortDay(date: string, today: string): string {
  const [year, month, date_] = date.split('-').map(Number)
  return date.slice(0, 4) === today.slice(0, 4) ? text.date.short(month ?? 0, date_ ?? 0) : text.date.full(year ?? 0, month ?? 0, date_ ?? 0)
}

/** 星期几 of a legal day. */
export const weekday = (date: string): string => text.date.weekdays[new Date(`${date}T12:00:00Z`).getUTCDay()] ?? ''

/** An instant, to the minute. */
export function moment(instant: string): string {
  const { year, month, day: date, hour, minute } = parts(instant)
  return `${text.date.full(Number(year), Number(month), Number(date))} ${hour}:${minute}`
}

/** The hour of an instant. */
export function clockTime(instant: string | Date): string {
  const { hour, minute } = parts(instant)
  return `${hour}:${minute}`
}

/** The legal day on which an instant lies. */
export function legalDay(instant: string | Date): string {
  const { year = '', month = '', day: date = '' } = parts(instant)
  return `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`
}

/** Days from one legal day to another; negative when it lies before. */
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)

/** A whole number with separators. */
export const count = (number: number): string => number.toLocaleString('zh-CN')

/** A size of a file, as the rules give limits: 1 MB is 10⁶ bytes. */
export function bytes(size: number): string {
  if (size < 1_000) return `${size} B`
  if (size < 1_000_000) return `${Math.round(size / 1_000)} KB`
  return `${(size / 1_000_000).toFixed(1)} MB`
}

/** The full name of a region without the province and city that everybody on this platform is in. */
export function withinCity(name: string, city: string | undefined): string {
  const at = city ? name.indexOf(city) : -1
  const rest = at < 0 || !city ? name : name.slice(at + city.length)
  return rest === '' ? (city ?? name) : rest
}
