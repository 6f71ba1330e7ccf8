import { describe, expect, it } from 'vitest'
import { bands, type Task, urgency } from '@/features/applications/tasks'

const task = (light: 'red' | 'yellow' | 'green', left: number | null, stopped = false): Task => ({ clock: { light, left, stopped } }) as unknown as Task

describe('work', () => {
  it('is as urgent as the server’s clock says', () => {
    expect([task('red', -1), task('yellow', 0), task('yellow', 3), task('green', 3), task('green', null), task('red', -2, true)].map(urgency)).toEqual(['late', 'today', 'soon', 'later', 'later', 'held'])
    expect(urgency({} as Task)).toBe('later')
  })
  it('stands under the heading of its urgency, the most urgent first, no heading empty', () => {
    const all = bands([task('green', 9), task('red', -1), task('yellow', 1, true), task('red', -2)])
    expect(all.map((band) => [band.name, band.rows.length])).toEqual([['已超期', 2], ['时限内', 1], ['中止计时', 1]])
  })
})
