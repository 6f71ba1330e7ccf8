import type { Schema } from '@/api/client'
import { isProved } from './addresses'
import type { Channel, NewPreferences, Preferences } from './api'

/** What stands in the form. */
export interface Choice {
  mail: string
  sms: string
  wechat: string
  quietMode: Schema<'QuietMode'>
  from: string
  to: string
  channels: Record<string, Channel[]>
}

/** In the order in which they are shown. */
const PERSONAL: readonly Channel[] = ['mail', 'sms', 'wechat']
const NIGHT = { from: '22:00', to: '07:30' }

const same = (one: readonly Channel[], other: readonly Channel[]): boolean => one.length === other.length && one.every((channel) => other.includes(channel))

export function choiceOf(present: Preferences): Choice {
  const hours = present.quiet ?? present.usual_quiet ?? NIGHT
  return {
    mail: present.mail ?? '',
    sms: present.sms ?? '',
    wechat: present.wechat ?? '',
    quietMode: present.quiet_mode,
    from: hours.from,
    to: hours.to,
    channels: Object.fromEntries(present.topics.map(({ topic, channels }) => [topic, [...channels]])),
  }
}

/** What is sent: a topic that is as usual is left out, so that it follows the platform when that changes. */
export function requestOf(choice: Choice, present: Preferences): NewPreferences {
  const given = (typed: string): string | null => typed.trim() || null
  const own = present.topics.filter(({ topic, usual_channels }) => !same(choice.channels[topic] ?? usual_channels, usual_channels))
  return {
    mail: given(choice.mail),
    sms: given(choice.sms),
    wechat: given(choice.wechat),
    quiet_mode: choice.quietMode,
    quiet: choice.quietMode === 'own' ? { from: choice.from, to: choice.to } : null,
    channels: Object.fromEntries(own.map(({ topic }) => [topic, choice.channels[topic] ?? []])),
  }
}

/** Ways to be shown: those that the installation has, and those that were chosen before one was taken away. */
export function waysOf(present: Preferences): Channel[] {
  const chosen = present.topics.flatMap(({ channels }) => channels)
  const open = present.available_channels
  return PERSONAL.filter((channel) => open.includes(channel) || (open.length > 0 && chosen.includes(channel)))
}

export const isUsual = (choice: Choice, topic: Preferences['topics'][number]): boolean => same(choice.channels[topic.topic] ?? [], topic.usual_channels)

export function turn(choice: Choice, topic: string, channel: Channel, on: boolean): void {
  const others = (choice.channels[topic] ?? []).filter((one) => one !== channel)
  choice.channels[topic] = on ? [...others, channel] : others
}

/** Whether there is somewhere to send to. Short messages go to the account's telephone unless another is given. */
function reached(choice: Choice, present: Preferences, channel: Channel): boolean {
  if (channel === 'mail') return choice.mail.trim() !== ''
  if (channel === 'sms') return choice.sms.trim() !== '' || Boolean(present.account_phone)
  return choice.wechat.trim() !== ''
}

/** Ways that somebody ticked by hand and that lead nowhere for want of an address. The usual ones are not held against anybody. */
export function unreachable(choice: Choice, present: Preferences): Channel[] {
  const wanted = present.topics.filter((topic) => !isUsual(choice, topic)).flatMap(({ topic, usual_channels }) => (choice.channels[topic] ?? []).filter((one) => !usual_channels.includes(one)))
  return PERSONAL.filter((channel) => wanted.includes(channel) && !reached(choice, present, channel))
}

/** Ways by which something really arrives: the address is proved, or it is the telephone of the account. */
export function reaching(choice: Choice, present: Preferences): Channel[] {
  const chosen = present.topics.flatMap(({ topic }) => choice.channels[topic] ?? [])
  const arrives = (channel: Channel): boolean => {
    const typed = channel === 'webhook' ? '' : choice[channel]
    return typed.trim() === '' ? reached(choice, present, channel) : isProved(present, channel, typed)
  }
  return PERSONAL.filter((channel) => present.available_channels.includes(channel) && chosen.includes(channel) && arrives(channel))
}

/** Whether hours end on the next day. */
export const overnight = (hours: { from: string; to: string }): boolean => hours.to <= hours.from
