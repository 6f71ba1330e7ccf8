import { describe, expect, it } from 'vitest'
import type { Days, Departments, Regions, Stages } from '@/features/dashboard/api'
import { place } from '@/features/dashboard/outlines'
import { calm, classes, decided, finding, inTime, listOf, periods, regionList, spanOf, valueOf, whole } from '@/features/dashboard/figures'

const stages = (...items: Partial<Stages['items'][number]>[]): Stages =>
  ({ today: '2026-11-22', items: items.map((one) => ({ state: 'in_review', state_name: '并联审查中', count: 0, late: 0, today: 0, soon: 0, held: 0, ...one })) }) as Stages
const departments = (...items: object[]): Departments => ({ items }) as Departments
const days = (many: number): Days => ({ items: Array.from({ length: many }, (_, at) => ({ day: spanOf('2026-11-22', many - at).from, submitted: 1, accepted: 0, granted: 2, refused: 1, not_accepted: 1 })) }) as unknown as Days

describe('the title', () => {
  it('tells the worst first, and where it is stuck', () => {
    expect(finding(stages({}), null)).toBe('没有在办件')
    expect(finding(stages({ count: 3 }), null)).toBe('3 件在办，都在时限内')
    expect(finding(stages({ count: 3, soon: 1 }), null)).toBe('1 件临近期限，没有超期')
    expect(finding(stages({ count: 3, late: 2 }), departments({ name: '甲', open_late: 0 }))).toBe('2 件办件超期')
    expect(finding(stages({ count: 9, late: 2 }), departments({ name: '甲', open_late: 1 }, { name: '乙', open_late: 2 }))).toBe('2 件办件超期；部门审查逾期未交最多的是乙（2 项）')
  })
})

describe('figures', () => {
  it('count each application once: the last day lies within the yellow light', () => {
    const all = stages({ count: 10, late: 1, today: 2, soon: 3 }, { count: 5, held: 2 })
    expect(whole(all)).toEqual({ count: 15, late: 1, today: 2, soon: 3, held: 2 })
    expect(all.items.map(calm)).toEqual([6, 5])
  })
  it('know no share of nothing', () => {
    expect(inTime(departments())).toBeNull()
    expect(inTime(departments({ done: 8, done_late: 2 }, { done: 2, done_late: 0 }))).toBe(80)
  })
  it('end with any of the three decisions', () => {
    expect(decided(days(3))).toBe(12)
  })
  it('put days together by weeks where they are many, and lose none', () => {
    expect(periods(days(30))).toHaveLength(30)
    const weeks = periods(days(90))
    expect(weeks).toHaveLength(13)
    expect(weeks.reduce((sum, one) => sum + one.submitted, 0)).toBe(90)
    expect(weeks[0]?.from).toBe('2026-08-25')
    expect(weeks.at(-1)?.until).toBe('2026-11-22')
  })
  it('lead to the list behind them', () => {
    expect(listOf('/applications', { state: 'in_review', light: undefined, region: '' })).toBe('/applications?state=in_review')
    expect(listOf('/licences', {})).toBe('/licences')
    expect(regionList('360102', 'expiring', 'hazchem')).toBe('/licences?region=360102&status=expiring&industry=hazchem')
    expect(regionList('360102', 'enterprises', 'hazchem')).toBe('/enterprises?region=360102&state=active')
    expect(regionList('360102', 'open', undefined)).toBe('/applications?region=360102&open=true')
  })
  it('of a district are those of its list', () => {
    const region = { enterprises: { active: 3, halted: 1, closed: 7 }, licences: [{ status: 'valid', count: 5 }], applications_open: 2 } as unknown as Regions['items'][number]
    expect([valueOf(region, 'enterprises'), valueOf(region, 'valid'), valueOf(region, 'expired'), valueOf(region, 'open')]).toEqual([3, 5, 0, 2])
  })
  it('fall into classes that reach to the most', () => {
    expect(classes([0])).toEqual([1, 2, 3, 4])
    expect(classes([3, 71])).toEqual([20, 40, 60, 80])
    expect(classes([130])).toEqual([40, 80, 120, 160])
  })
})

describe('the name of a district', () => {
  it('stands inside it, also where it bends around a neighbour', () => {
    const bent = { type: 'Polygon', coordinates: [[[0, 0], [10, 0], [10, 10], [7, 10], [7, 3], [0, 3], [0, 0]]] } as never
    const [x, y] = place(bent)
    expect((x < 10 && x > 7) || y < 3).toBe(true)
    expect(place({ type: 'Polygon', coordinates: [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]] } as never)).toEqual([2, 2])
  })
  it('stands in the largest part', () => {
    const two = { type: 'MultiPolygon', coordinates: [[[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]], [[[10, 10], [16, 10], [16, 16], [10, 16], [10, 10]]]] } as never
    expect(place(two)).toEqual([13, 13])
  })
})
