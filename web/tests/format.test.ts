import { describe, expect, it } from 'vitest'
import { bytes, day, daysBetween, legalDay, moment, shortDay, weekday } from '@/shared/lib/format'
import { device, isPhone } from '@/features/identity/device'

describe('days and hours are those of Shanghai', () => {
  it('writes legal days as on papers', () => {
    expect(day('2026-11-02')).toBe('2026年11月2日')
    expect(shortDay('2026-11-02', '2026-01-01')).toBe('11月2日')
    expect(shortDay('2027-01-02', '2026-12-31')).toBe('2027年1月2日')
    expect(weekday('2026-11-22')).toBe('星期日')
  })
  it('puts an instant on its legal day', () => {
    expect(moment('2026-11-22T16:30:00Z')).toBe('2026年11月23日 00:30')
    expect(legalDay('2026-11-22T16:30:00Z')).toBe('2026-11-23')
    expect(legalDay('2026-11-22T15:59:59Z')).toBe('2026-11-22')
  })
  it('counts days over the end of a year', () => {
    expect(daysBetween('2026-12-30', '2027-01-02')).toBe(3)
    expect(daysBetween('2026-03-02', '2026-03-01')).toBe(-1)
  })
})

it('writes sizes as the rules give limits', () => {
  expect([bytes(900), bytes(12_400), bytes(20_000_000)]).toEqual(['900 B', '12 KB', '20.0 MB'])
})

it('knows browsers by their own names', () => {
  const edge = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36 Edg/120.0'
  const wechat = 'Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/107 Mobile Safari/537.36 MicroMessenger/8.0'
  expect(device(edge)).toBe('Edge · Windows')
  expect(device(wechat)).toBe('WeChat · Android')
  expect([isPhone(edge), isPhone(wechat)]).toEqual([false, true])
  expect(device('reqwest')).toBe('')
})
