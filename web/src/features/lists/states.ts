import type { Tone } from '@/shared/components/StateBadge.vue'
import { lists as text } from '@/locales/zh-CN/lists'
import { quarterParts } from './changes'

/** How a review stands; `none` while nobody has begun. */
export type Standing = keyof typeof text.states

export const tones: Record<Standing, Tone> = { none: 'off', proposed: 'soon', approved: 'fine', rejected: 'late' }
/** The server's word for a state, as one of those that have a name. */
export const standing = (state: string | null | undefined): Standing => (state === 'proposed' || state === 'approved' || state === 'rejected' ? state : 'none')
export const quarterName = (quarter: string): string => text.quarter(...quarterParts(quarter))
