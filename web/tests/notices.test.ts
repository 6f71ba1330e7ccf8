import { describe, expect, it } from 'vitest'
import type { Notice, Preferences } from '@/features/notices/api'
import { badge, byDay, leadsTo } from '@/features/notices/notices'
import { choiceOf, isUsual, overnight, reaching, requestOf, turn, unreachable, waysOf } from '@/features/notices/preferences'

const notice = (id: string, at: string): Notice => ({ id, at, topic: 'tasks', title: '', text: '' })

describe('notices', () => {
  it('lead into this application and nowhere else', () => {
    expect(leadsTo({ link: '/app/applications/1?x=2' })).toBe('/applications/1?x=2')
    expect(['/app', '/application/1', 'https://example.com/app/x', '/app//example.com', undefined, null].map((link) => leadsTo({ link }))).toEqual([null, null, null, null, null, null])
  })
  it('stand under the day on which they came, by the legal calendar', () => {
    // Half past midnight in Shanghai is still yesterday in Greenwich.
    const bands = byDay([notice('a', '2026-11-21T16:30:00Z'), notice('b', '2026-11-21T15:00:00Z'), notice('c', '2026-11-20T17:00:00Z'), notice('d', '2026-11-02T00:00:00Z')], '2026-11-22')
    expect(bands.map(({ name, rows }) => [name, rows.map(({ id }) => id).join('')])).toEqual([
      ['今天', 'a'],
      ['昨天', 'bc'],
      ['2026年11月2日', 'd'],
    ])
    expect(byDay([], '2026-11-22')).toEqual([])
  })
  it('are counted up to two digits', () => {
    expect([badge(1), badge(99), badge(100)]).toEqual(['1', '99', '99+'])
  })
})

const present = (change: Partial<Preferences> = {}): Preferences => ({
  version: 3,
  mail: null,
  sms: null,
  wechat: null,
  account_phone: '13800000000',
  quiet_mode: 'usual',
  quiet: null,
  usual_quiet: { from: '22:00', to: '07:30' },
  available_channels: ['mail', 'sms'],
  topics: [
    { topic: 'a', name: '甲', description: '', urgent: false, channels: ['mail', 'sms'], usual_channels: ['mail', 'sms'] },
    { topic: 'b', name: '乙', description: '', urgent: false, channels: ['wechat'], usual_channels: ['mail'] },
  ],
  ...change,
})

describe('preferences', () => {
  it('send only what differs from the platform, so that the rest follows it', () => {
    const choice = choiceOf(present())
    expect(requestOf(choice, present())).toEqual({ mail: null, sms: null, wechat: null, quiet_mode: 'usual', quiet: null, channels: { b: ['wechat'] } })
    turn(choice, 'a', 'sms', false)
    turn(choice, 'b', 'wechat', false)
    turn(choice, 'b', 'mail', true)
    choice.mail = ' a@example.com '
    choice.quietMode = 'own'
    expect(requestOf(choice, present())).toEqual({ mail: 'a@example.com', sms: null, wechat: null, quiet_mode: 'own', quiet: { from: '22:00', to: '07:30' }, channels: { a: ['mail'] } })
  })
  it('can be empty for a kind of notice, which is not the same as usual', () => {
    const choice = choiceOf(present())
    turn(choice, 'a', 'mail', false)
    turn(choice, 'a', 'sms', false)
    expect(requestOf(choice, present()).channels).toEqual({ a: [], b: ['wechat'] })
    expect(present().topics.map((topic) => isUsual(choice, topic))).toEqual([false, false])
  })
  it('do not change by ticking in another order or twice', () => {
    const choice = choiceOf(present())
    turn(choice, 'a', 'mail', false)
    turn(choice, 'a', 'mail', true)
    turn(choice, 'a', 'mail', true)
    expect(choice.channels.a).toEqual(['sms', 'mail'])
    expect(requestOf(choice, present()).channels).toEqual({ b: ['wechat'] })
  })
  it('show the ways that there are, and those that were chosen before', () => {
    expect(waysOf(present())).toEqual(['mail', 'sms', 'wechat'])
    expect(waysOf(present({ available_channels: [] }))).toEqual([])
  })
  it('tell what leads nowhere, if it was chosen by hand', () => {
    const choice = choiceOf(present())
    expect(unreachable(choice, present())).toEqual(['wechat'])
    turn(choice, 'b', 'sms', true)
    expect(unreachable(choice, present({ account_phone: null }))).toEqual(['sms', 'wechat'])
    choice.wechat = 'o1'
    expect(unreachable(choice, present())).toEqual([])
  })
  it('tell by what something arrives', () => {
    const choice = choiceOf(present())
    expect(reaching(choice, present())).toEqual(['sms'])
    choice.mail = 'a@example.com'
    expect(reaching(choice, present())).toEqual(['mail', 'sms'])
    expect(reaching(choice, present({ available_channels: [] }))).toEqual([])
  })
  it('know when a night is over', () => {
    expect([overnight({ from: '22:00', to: '07:30' }), overnight({ from: '12:00', to: '13:30' })]).toEqual([true, false])
  })
})
