import { describe, expect, it } from 'vitest'
import { furthest, later, steps, tally } from '@/shell/demo'

describe('the clock of the demo', () => {
  it('goes on by days and months of the calendar', () => {
    expect(later('2026-12-31', steps.day)).toBe('2027-01-01')
    expect(later('2026-11-22', steps.week)).toBe('2026-11-29')
    expect(later('2026-11-22', steps.quarter)).toBe('2027-02-22')
    expect(later('2026-11-22', steps.term)).toBe('2029-11-22')
  })
  it('ends a month on its last day where it has no such day', () => {
    expect(later('2027-01-31', steps.month)).toBe('2027-02-28')
    expect(later('2028-01-31', steps.month)).toBe('2028-02-29')
    expect(later('2028-02-29', steps.year)).toBe('2029-02-28')
    expect(later('2027-08-31', steps.month)).toBe('2027-09-30')
  })
  it('goes five years at most at a time', () => {
    expect(furthest('2026-11-22')).toBe('2031-11-26')
  })
  it('tells what happened, the most first', () => {
    expect(tally(['提醒函已送达', '许可证届满', '提醒函已送达'])).toEqual([
      { title: '提醒函已送达', count: 2 },
      { title: '许可证届满', count: 1 },
    ])
    expect(tally([])).toEqual([])
  })
})
