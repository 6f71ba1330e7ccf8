import { describe, expect, it } from 'vitest'
import { allClosed, closed, reason, stateOf, stuck, week } from '@/features/admin/deliveries'

describe('deliveries', () => {
  it('are stuck when an administrator has to decide', () => {
    expect(stuck([{ counts: { dead: 2, sent: 9 } }, { counts: { unknown: 1, failed: 4 } }, { counts: {} }])).toBe(3)
  })
  it('of a week are told with the worst first', () => {
    expect(week({ counts: { sent: 5, dead: 1, queued: 0 } })).toEqual([{ state: 'dead', count: 1 }, { state: 'sent', count: 5 }])
  })
  it('show every state unless one is asked for', () => {
    expect([stateOf(''), stateOf('sent'), stateOf('nonsense')]).toEqual(['all', 'sent', 'all'])
  })
  it('go to nobody while no way to people is open, whatever is pushed to systems', () => {
    const way = (channel: 'mail' | 'sms' | 'webhook', configured: boolean) => ({ channel, configured, name: channel })
    expect([allClosed([way('mail', false), way('webhook', true)]), closed([way('mail', false), way('webhook', false)])]).toEqual([true, ['mail']])
    expect([allClosed([way('mail', false), way('sms', true)]), closed([way('mail', false), way('sms', true)])]).toEqual([false, ['mail']])
  })
  it('tell in words why they did not arrive, and keep what the other side said', () => {
    expect(reason('permanent error (550): 5.1.1 no such user')).toEqual({ text: '对方邮件服务器拒收（550）', original: 'permanent error (550): 5.1.1 no such user' })
    expect(reason('transient error (451): later').text).toBe('对方邮件服务器暂时不收（451）')
    expect(reason('对方返回 410 Gone').text).toBe('对方地址已停用（410）')
    expect(reason('对方返回 500 Internal Server Error').text).toBe('对方返回错误（500）')
    expect(reason('推送地址已停用')).toEqual({ text: '推送地址已停用' })
    expect(reason('operation timed out').text).toBe('对方很久没有应答')
    expect(reason('Connection error: Connection refused').text).toBe('连不上对方服务器')
  })
})
