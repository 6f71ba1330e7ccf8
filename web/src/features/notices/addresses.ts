import { notices } from '@/locales/zh-CN/notices'
import { clockTime, moment } from '@/shared/lib/format'
import type { Address, Channel, Preferences } from './api'

const text = notices.addresses

/** What was saved for a way. */
export const savedAddress = (present: Preferences, channel: Channel): string => (channel === 'webhook' ? '' : (present[channel] ?? ''))

/** How the saved address of a way stands; nothing while there is none. */
export const standing = (present: Preferences, channel: Channel): Address | undefined => present.addresses.find((one) => one.channel === channel)

/** Whether notices leave to what is typed: it is what was saved, and that was proved. */
export const isProved = (present: Preferences, channel: Channel, typed: string): boolean =>
  typed.trim() === savedAddress(present, channel) && standing(present, channel)?.state === 'proved'

/** Addresses to which nothing leaves yet. */
export const waiting = (present: Preferences): Address[] => present.addresses.filter(({ state }) => state === 'waiting')

/** Whether a code has been asked for that has neither left nor been given up. */
export const isOnItsWay = ({ state, code }: Address): boolean => state === 'waiting' && code !== undefined && code !== null && ['queued', 'sending', 'failed'].includes(code.delivery)

/** The way to which a code has gone since, so that it can be asked for at once. */
export const justSent = (before: Preferences, after: Preferences): Channel | undefined =>
  waiting(after).find(({ channel, code }) => code && code.asked_at !== standing(before, channel)?.code?.asked_at)?.channel

/** The same preferences with another standing of one address. */
export const withAddress = (present: Preferences, address: Address): Preferences => ({
  ...present,
  addresses: present.addresses.map((one) => (one.channel === address.channel ? address : one)),
})

/** Since when an address is proved, or that it was in use before. */
export const provedText = ({ proved_at }: Address): string => (proved_at ? text.provedAt(moment(proved_at)) : text.inUse)

/** Where the code is, and what to do. */
export function codeText({ channel, is_open, code }: Address): string {
  if (!is_open) return text.closed(notices.channels[channel])
  if (!code) return text.notAsked
  const { sent_to: to, valid_until: until, delivery } = code
  if (delivery === 'failed') return text.failed(to)
  if (delivery === 'dead' || delivery === 'unknown') return text.stuck(to)
  return delivery === 'sent' && until ? text.sent(to, clockTime(until)) : text.leaving(to)
}

/** A wait in words; as the server rounds it, never too short. */
export function waitText(seconds: number): string {
  if (seconds < 120) return text.seconds(seconds)
  return seconds <= 7200 ? text.minutes(Math.ceil(seconds / 60)) : text.hours(Math.ceil(seconds / 3600))
}

/** What the button for another code says. */
export function sendText({ code }: Address, left: number): string {
  const act = code ? text.again : text.send
  return left > 0 ? text.later(act, waitText(left)) : act
}
