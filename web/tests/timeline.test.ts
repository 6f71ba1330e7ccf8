import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import AppTimeline from '@/shared/components/AppTimeline.vue'
import { daysBetween } from '@/shared/lib/format'
import { actorOf, fold, type TimelineEntry } from '@/shared/lib/timeline'

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

describe('who acted', () => {
  it('is a person or a part of the system', () => {
    expect(actorOf({ account: 'x', actor: '孟春萍' })).toEqual({ name: '孟春萍', system: false })
    expect(actorOf({ account: null, actor: '证照制作' })).toEqual({ name: '系统（证照制作）', system: true })
    expect(actorOf({ actor: 'evidence' }).name).toBe('系统（存证日志）')
  })
  it('is known by the name where no account is told, as in the file of an enterprise', () => {
    expect(actorOf({ actor: '孟春萍' })).toEqual({ name: '孟春萍', system: false })
    expect(actorOf({ actor: '证照日程' }).name).toBe('系统（证照日程）')
    expect(actorOf({}).name).toBe('')
  })
  it('is an account though it is called like a part', () => expect(actorOf({ account: 'x', actor: '演示' }).system).toBe(false))
  it('is told in the line', () => {
    const wrapper = mount(AppTimeline, { props: { entries: [entry('1', 'x', { actor: '证照日程' }), entry('2', 'y', { actor: null })] } })
    expect(wrapper.findAll('li').map((line) => line.findAll('span').map((part) => part.text()))).toEqual([['系统（证照日程）'], []])
  })
})

it('days are counted from day to day, over months and leap years', () => {
  expect(daysBetween('2026-11-22', '2026-11-22')).toBe(0)
  expect(daysBetween('2028-02-28', '2028-03-01')).toBe(2)
  expect(daysBetween('2026-11-22', '2026-10-22')).toBe(-31)
})
