import type { Schema } from '@/api/client'
import type { Tone } from '@/shared/components/StateBadge.vue'
import { channels } from '@/locales/zh-CN/channels'

/** A delivery, with what it is about and who is meant where the server tells. */
export type Delivery = Schema<'NoticeDeliveryView'> & { title?: string | null; topic_name?: string | null; to_name?: string | null; allowed_actions?: string[] }
export type DeliveryState = Schema<'NoticeDeliveryState'>
export type Channel = Schema<'NoticeChannelView'>

/** What an administrator looks at first, first. */
export const states: readonly DeliveryState[] = ['dead', 'unknown', 'failed', 'queued', 'sending', 'sent']

export const tones: Record<DeliveryState, Tone> = { queued: 'held', sending: 'active', failed: 'soon', sent: 'fine', unknown: 'soon', dead: 'late' }

/** The state in the address; all of them where it is none. */
export const stateOf = (text: string): DeliveryState | 'all' => states.find((state) => state === text) ?? 'all'

/** What of a channel's week is worth a word, the worst first, what never happened left out. */
export const week = (channel: Pick<Channel, 'counts'>): { state: DeliveryState; count: number }[] =>
  states.map((state) => ({ state, count: channel.counts[state] ?? 0 })).filter(({ count }) => count > 0)

/** How many of the last week wait for an administrator. */
export const stuck = (list: readonly Pick<Channel, 'counts'>[]): number => list.reduce((sum, { counts }) => sum + (counts.dead ?? 0) + (counts.unknown ?? 0), 0)

/** Ways to people that the installation has not. A list of what is pushed to systems is none of them. */
export const closed = (list: readonly Pick<Channel, 'channel' | 'configured' | 'name'>[]): string[] => list.filter(({ channel, configured }) => channel !== 'webhook' && !configured).map(({ name }) => name)
/** Nothing leaves the platform to people. */
export const allClosed = (list: readonly Pick<Channel, 'channel' | 'configured' | 'name'>[]): boolean => list.every(({ channel, configured }) => channel === 'webhook' || !configured)

/** An error in words for people, and the other side's own words beside it where they are not Chinese. */
export function reason(error: string): { text: string; original?: string } {
  const words = channels.delivery.reason
  const smtp = /^(permanent|transient) error(?: \((\d{3})\))?/.exec(error)
  if (smtp) return { text: (smtp[1] === 'permanent' ? words.refused : words.busy)(smtp[2] ?? ''), original: error }
  const http = /(\d{3})\b/.exec(error)
  if (/[\u3400-\u9fff]/.test(error)) {
    if (!/[A-Za-z]{3}/.test(error)) return { text: error }
    return { text: http?.[1] === '410' ? words.gone : http ? words.answered(http[1] ?? '') : error, original: error }
  }
  return { text: /timed? ?out/i.test(error) ? words.timeout : words.unreachable, original: error }
}
