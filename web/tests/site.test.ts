import { describe, expect, it } from 'vitest'
import { byDepartment, type Choice, entryOf, instantOf, localHour, nextLine, placeOf, resultsOf, seenOnSite, type SiteCheck, type SiteLine, spotWords, tally, unsent } from '@/features/applications/site'

const by = { account: null, name: 'A' }
const line = (condition: string, core = false, met?: 'met' | 'not_met', text = ''): SiteLine => ({ condition, text: condition, core, result: met ? { met, text, by, at: '2026-11-24T02:00:00Z' } : null })

describe('what is written on site', () => {
  const first = line('a', true, 'met')
  const second = line('b')
  const lines = [first, second, line('c', true)]

  it('stands before what the server has', () => {
    expect(entryOf(first, { a: { met: 'not_met', text: 'x' } })).toEqual({ met: 'not_met', text: 'x' })
    expect(entryOf(first, {})).toEqual({ met: 'met', text: '' })
    expect(entryOf(second, {})).toBeUndefined()
  })
  it('is sent only where it differs', () => {
    expect(unsent(lines, { a: { met: 'met', text: ' ' }, b: { met: 'met', text: '' }, gone: { met: 'met', text: '' } })).toEqual({ b: { met: 'met', text: '' } })
  })
  it('waits for words where something is wrong', () => {
    expect(resultsOf({ a: { met: 'not_met', text: ' ' }, b: { met: 'not_met', text: ' too near ' } })).toEqual([{ condition: 'b', met: 'not_met', text: 'too near' }])
  })
  it('is counted, and leads to the next line', () => {
    const typed = { b: { met: 'not_met' as const, text: '' } }
    expect(tally(lines, typed)).toEqual({ all: 3, done: 2, failed: 1, core: 2, coreDone: 1 })
    expect(nextLine(lines, typed)?.condition).toBe('b')
    expect(nextLine(lines, { b: { met: 'met', text: '' } })?.condition).toBe('c')
    expect(nextLine([first], {})).toBeUndefined()
  })
})

describe('a picture', () => {
  it('has its minute in the legal zone, and keeps its seconds unless the minute is changed', () => {
    const taken = Date.parse('2026-11-24T01:30:42Z')
    expect(localHour(taken)).toBe('2026-11-24T09:30')
    expect(instantOf('2026-11-24T09:30', taken)).toBe('2026-11-24T01:30:42.000Z')
    expect(instantOf('2026-11-24T09:31', taken)).toBe('2026-11-24T01:31:00.000Z')
  })
  it('has a place to a millionth of a degree', () => {
    expect(placeOf(115.8581234567, 28.7)).toEqual({ longitude: '115.858123', latitude: '28.700000' })
    expect(spotWords({ longitude_e6: 115_858_123, latitude_e6: -28_700_000 })).toBe('115.858123, -28.700000')
  })
})

describe('the officers of a visit', () => {
  const one = (name: string, department: string | null): Choice => ({ account: name, name, department, department_name: department, card: '1', valid_until: '2028-01-01', reviews: true, busy_on: [] })
  const all = [one('Li', 'fire'), one('Wu', 'lead'), one('Ma', 'fire'), one('He', null)]

  it('stand under their departments in the order of the server', () => {
    expect(byDepartment(all, '', 'others').map(({ name, officers }) => [name, officers.map((who) => who.name)])).toEqual([['fire', ['Li', 'Ma']], ['lead', ['Wu']], ['others', ['He']]])
  })
  it('are found by name or department', () => {
    expect(byDepartment(all, ' fi ', '').flatMap(({ officers }) => officers)).toHaveLength(2)
    expect(byDepartment(all, 'Wu', '').flatMap(({ officers }) => officers)).toHaveLength(1)
  })
})

it('the latest concluded visit says what was seen', () => {
  const check = (id: string, lines: SiteLine[], concluded: boolean): SiteCheck => ({
    id, ordered: { by, at: '2026-11-20T00:00:00Z' }, reason: '', planned_on: '2026-11-24', officers: [], lines, photos: [],
    conclusion: concluded ? { outcome: 'passed', summary: '', acknowledgement: { kind: 'signed', name: 'x', position: 'y' }, act: { by, at: '2026-11-24T00:00:00Z' }, on: '2026-11-24' } : null,
  })
  const seen = seenOnSite({ site_checks: [check('1', [line('a', false, 'not_met', 'bad')], true), check('2', [line('a', false, 'met')], true), check('3', [line('a', false, 'not_met', 'x')], false)] })
  expect([...seen]).toEqual([['a', { met: 'met', text: '' }]])
})
