import { describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { codeText, isProved, justSent, provedText, sendText, waiting, waitText, withAddress } from '@/features/notices/addresses'
import type { Address, Notice, Preferences } from '@/features/notices/api'
import { badge, byDay, leadsTo } from '@/features/notices/notices'
import { choiceOf, isUsual, overnight, reaching, requestOf, turn, unreachable, waysOf } from '@/features/notices/preferences'
import { useCountdown } from '@/features/notices/useCountdown'

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
  addresses: [],
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

const address = (change: Partial<Address> = {}): Address => ({ channel: 'mail', state: 'waiting', is_open: true, next_code_in: 0, ...change })
const code = (change: Partial<NonNullable<Address['code']>> = {}): NonNullable<Address['code']> => ({
  sent_to: 'a@example.com',
  asked_at: '2026-03-02T04:00:00Z',
  delivery: 'sent',
  delivery_name: '已发送',
  valid_until: '2026-03-02T04:30:00Z',
  attempts_left: 5,
  ...change,
})

describe('addresses', () => {
  it('are proved only as they were saved', () => {
    const own = present({ mail: 'a@example.com', addresses: [address({ state: 'proved' })] })
    expect(['a@example.com', ' a@example.com ', 'b@example.com', ''].map((typed) => isProved(own, 'mail', typed))).toEqual([true, true, false, false])
    expect(waiting(own)).toEqual([])
    const next = withAddress(own, address())
    expect([isProved(next, 'mail', 'a@example.com'), waiting(next).length, isProved(own, 'mail', 'a@example.com')]).toEqual([false, 1, true])
  })
  it('say since when they are proved, or that they were in use before', () => {
    expect(provedText(address({ state: 'proved', proved_at: '2026-03-02T04:00:00Z' }))).toBe('2026年3月2日 12:00 验证')
    expect(provedText(address({ state: 'proved' }))).toBe('启用验证以前就在使用')
  })
  it('say where the code is', () => {
    const said = (change: Partial<Address>): string => codeText(address(change))
    expect(said({ code: code() })).toBe('验证码已发到 a@example.com，12:30 以前有效。')
    expect(said({ code: code({ delivery: 'queued', valid_until: null }) })).toContain('正在发往 a@example.com')
    expect(said({ code: code({ delivery: 'failed', valid_until: null }) })).toContain('自动再发')
    expect(said({ code: code({ delivery: 'dead' }) })).toContain('核对地址')
    expect(said({})).toBe('还没有发验证码。')
    expect(said({ is_open: false, code: code() })).toContain('还没有开通电子邮件')
  })
  it('lead to the code that has just left', () => {
    const before = present({ mail: 'a@example.com', addresses: [address({ code: code() })] })
    expect(justSent(before, before)).toBeUndefined()
    const after = { ...before, addresses: [address({ code: code({ asked_at: '2026-03-02T04:05:00Z' }) }), address({ channel: 'sms' })] }
    expect(justSent(before, after)).toBe('mail')
    expect(justSent(present(), before)).toBe('mail')
  })
  it('tell when another code can be asked for, never too early', () => {
    expect([1, 60, 119, 120, 121, 7200, 7201, 86_400].map(waitText)).toEqual(['1 秒', '60 秒', '119 秒', '2 分钟', '3 分钟', '120 分钟', '3 小时', '24 小时'])
    expect([sendText(address(), 0), sendText(address({ code: code() }), 0), sendText(address({ code: code() }), 43)]).toEqual(['发送验证码', '重新发送', '重新发送（43 秒后）'])
  })
  it('count down what the server told, and begin anew when it tells another wait', async () => {
    vi.useFakeTimers()
    const scope = effectScope()
    const told = ref({ seconds: 2 })
    const left = scope.run(() => useCountdown(() => told.value))
    expect(left?.value).toBe(2)
    vi.advanceTimersByTime(1500)
    expect(left?.value).toBe(1)
    vi.advanceTimersByTime(1000)
    expect([left?.value, vi.getTimerCount()]).toEqual([0, 0])
    told.value = { seconds: 60 }
    await nextTick()
    expect(left?.value).toBe(60)
    scope.stop()
    expect(vi.getTimerCount()).toBe(0)
    vi.useRealTimers()
  })
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
    expect(reaching(choice, present())).toEqual(['sms'])
    const proved = present({ mail: 'a@example.com', addresses: [address({ state: 'proved' })] })
    expect(reaching(choice, proved)).toEqual(['mail', 'sms'])
    expect(reaching({ ...choice, mail: 'b@example.com' }, proved)).toEqual(['sms'])
    expect(reaching({ ...choice, sms: '13911111111' }, proved)).toEqual(['mail'])
    expect(reaching(choice, present({ available_channels: [] }))).toEqual([])
  })
  it('know when a night is over', () => {
    expect([overnight({ from: '22:00', to: '07:30' }), overnight({ from: '12:00', to: '13:30' })]).toEqual([true, false])
  })
})
