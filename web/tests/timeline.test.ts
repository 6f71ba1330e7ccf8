import { describe, expect, it } from 'vitest'
import { daysBetween } from '@/shared/lib/format'
import { fold, type TimelineEntry } from '@/shared/lib/timeline'

const entry = (id: string, title: string, more: Partial<TimelineEntry> = {}): TimelineEntry => ({ id, title, at: '2026-11-20T02:00:00Z', actor: 'a', ...more })
const seen = (entries: TimelineEntry[]): string[] => fold(entries).map(({ id, times }) => `${id}×${times}`)

describe('a timeline is folded', () => {
  it('where the same person did the same several times in a row', () => {
    expect(seen([entry('4', 'x'), entry('3', 'up'), entry('2', 'up'), entry('1', 'up')])).toEqual(['4×1', '3×3'])
  })
  it('but not over somebody else, something else or a reason', () => {
    expect(seen([entry('2', 'up'), entry('1', 'up', { actor: 'b' })])).toEqual(['2×1', '1×1'])
    expect(seen([entry('3', 'up'), entry('2', 'x'), entry('1', 'up')])).toEqual(['3×1', '2×1', '1×1'])
    expect(seen([entry('2', 'up'), entry('1', 'up', { reason: 'r' })])).toEqual(['2×1', '1×1'])
  })
})

it('days are counted from day to day, over months and leap years', () => {
  expect(daysBetween('2026-11-22', '2026-11-22')).toBe(0)
  expect(daysBetween('2028-02-28', '2028-03-01')).toBe(2)
  expect(daysBetween('2026-11-22', '2026-10-22')).toBe(-31)
})
