import { collaboration } from '@/locales/zh-CN/collaboration'
import type { Entry, Light, Summary } from './api'

const text = collaboration.ledger

export const lights: readonly Light[] = ['red', 'yellow', 'green']
type Tally = Summary['items'][number]

export const whole = ({ red, yellow, green }: Tally): number => red + yellow + green

/** All departments together. */
export function totals(items: readonly Tally[]): Record<Light, number> & { all: number } {
  const sum = (light: Light): number => items.reduce((all, one) => all + one[light], 0)
  const found = { red: sum('red'), yellow: sum('yellow'), green: sum('green') }
  return { ...found, all: found.red + found.yellow + found.green }
}

/** Departments, the latest first. */
export const ranked = (items: readonly Tally[]): Tally[] => [...items].sort((a, b) => b.red - a.red || b.yellow - a.yellow || whole(b) - whole(a))

/** The title: what is late, and where. */
export function finding(items: readonly Tally[], filtered: boolean): string {
  const { all, red, yellow } = totals(items)
  if (all === 0) return filtered ? text.finding.none : text.finding.nothing
  if (red === 0) return yellow === 0 ? text.finding.calm(all) : text.finding.soon(yellow, all)
  const [first, second] = ranked(items)
  if (!first || first.red === second?.red) return text.finding.late(red)
  return first.red === red ? text.finding.only(red, first.name) : text.finding.most(red, first.name, first.red)
}

/** Those that the chosen department and light leave over: the summary itself is not narrowed by them. */
export function narrowed(items: readonly Tally[], department: string | undefined, light: string | undefined): Tally[] {
  return items
    .filter((one) => department === undefined || one.department === department)
    .map((one) => (light ? { ...one, ...Object.fromEntries(lights.filter((each) => each !== light).map((each) => [each, 0])) } : one))
}

/** One piece of work is one row. */
export const entryKey = (one: Entry): string => [one.application, one.kind, one.department ?? '', one.since].join('.')

/** Letters about a row in few words: how often it was reminded, and whether the committee was asked. */
export function letterMarks(one: Entry): { id: string; words: string; kind: Entry['letters'][number]['kind'] }[] {
  return (['reminder', 'escalation'] as const).flatMap((kind) => {
    const all = one.letters.filter((letter) => letter.kind === kind)
    const last = all.at(-1)
    return last ? [{ id: last.id, kind, words: text.letterTimes(text.letter[kind], all.length) }] : []
  })
}
