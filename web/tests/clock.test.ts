import { describe, expect, it } from 'vitest'
import { type Clock, clockState, clockText, daysText, spaced, usedShare } from '@/shared/lib/clock'

const clock = (parts: Partial<Clock>): Clock => ({
  key: 'statutory_review',
  name: '审查',
  term: '20个工作日',
  internal: false,
  started_on: '2026-03-02',
  ended_on: null,
  used: 5,
  left: 15,
  due_on: '2026-03-30',
  due_words: '2026年3月30日',
  unit: 'days',
  due: { kind: 'on', day: '2026-03-30', provisional: false },
  stopped: false,
  light: 'green',
  on_expiry: 'overdue',
  clauses: [],
  ...parts,
})

describe('a clock', () => {
  it.each([
    [{}, 'fine', '剩 15 日'],
    [{ unit: 'working_days' }, 'fine', '剩 15 个工作日'],
    [{ light: 'yellow', left: 2 }, 'soon', '剩 2 日'],
    [{ light: 'yellow', left: 0 }, 'soon', '今天到期'],
    [{ light: 'red', left: -3 }, 'late', '超期 3 日'],
    [{ unit: 'working_days', light: 'red', left: -3 }, 'late', '超期 3 个工作日'],
    [{ stopped: true, light: 'red', left: -3 }, 'held', '中止计时'],
    [{ ended_on: '2026-03-20', used: 12 }, 'done', '12 日办结'],
    [{ unit: 'working_days', ended_on: '2026-03-20', used: 7 }, 'done', '7 个工作日办结'],
    [{ ended_on: '2026-03-20', used: null }, 'done', '已办结'],
    [{ left: null, due_words: '2027年的节假日还没有公布' }, 'fine', '2027年的节假日还没有公布'],
  ] as [Partial<Clock>, string, string][])('%j looks %s and says %s', (parts, state, words) => {
    expect(clockState(clock(parts))).toBe(state)
    expect(clockText(clock(parts))).toBe(words)
  })

  it('never says days without their unit', () => {
    expect([daysText(3, 'working_days'), daysText(3, 'days')]).toEqual(['3 个工作日', '3 日'])
    expect([spaced('45日'), spaced('10个工作日'), spaced('按规定')]).toEqual(['45 日', '10 个工作日', '按规定'])
  })

  it('fills its ring by what is used', () => {
    expect(usedShare(clock({}))).toBe(0.25)
    expect(usedShare(clock({ used: 23, left: -3 }))).toBe(1)
    expect(usedShare(clock({ used: null }))).toBe(0)
  })
})
