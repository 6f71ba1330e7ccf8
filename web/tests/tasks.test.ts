import { describe, expect, it } from 'vitest'
import { bands, type Task, urgency } from '@/features/applications/tasks'

const task = (left: number | null, stopped = false): Task => ({ clock: { left, stopped } }) as unknown as Task

describe('work', () => {
  it('is as urgent as the server’s clock says', () => {
    expect([task(-1), task(0), task(3), task(4), task(null), task(2, true)].map(urgency)).toEqual(['late', 'today', 'soon', 'later', 'later', 'held'])
    expect(urgency({} as Task)).toBe('later')
  })
  it('stands under the heading of its urgency, the most urgent first, no heading empty', () => {
    const all = bands([task(9), task(-1), task(1, true), task(-2)])
    expect(all.map((band) => [band.name, band.rows.length])).toEqual([['已超期', 2], ['以后', 1], ['停表中', 1]])
  })
})
