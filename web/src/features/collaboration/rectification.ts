import { collaboration } from '@/locales/zh-CN/collaboration'
import type { Meeting, Rectification, Referral } from './api'

export const tones = { open: 'soon', reported: 'active', closed: 'fine' } as const
export const referralTones = { sent: 'soon', received: 'active', returned: 'held', answered: 'fine' } as const

/** How far the problems of a meeting are. */
export function progress({ problems }: Meeting): string {
  const all = problems ?? []
  const text = collaboration.meetings.one
  if (all.length === 0) return text.none
  const late = all.filter((one) => one.late && one.state !== 'closed').length
  return text.progress(all.filter((one) => one.state === 'closed').length, all.length) + (late > 0 ? text.late(late) : '')
}

/** For whom a problem waits. */
export function waitsFor({ state, department, convener }: Rectification): string {
  const text = collaboration.rectifications.one.waiting
  return state === 'open' ? text.open(department.name) : state === 'reported' ? text.reported(convener.name) : text.closed
}

/** For whom a referral waits, if for anybody. */
export function referralWaits({ state, addressee }: Referral): string | undefined {
  const text = collaboration.referrals.one.waiting
  return state === 'sent' ? text.sent(addressee.name) : state === 'received' ? text.received(addressee.name) : undefined
}
