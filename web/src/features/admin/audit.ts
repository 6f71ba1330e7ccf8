import { admin } from '@/locales/zh-CN/admin'
import type { Event } from './api'

const text = admin.audit

/** Where an object is looked at; an event is kept longer than some of them have a page. */
const PLACES: Record<string, string> = {
  account: '/admin/accounts',
  application: '/applications',
  enterprise: '/enterprises',
  joint_meeting: '/collaboration/meetings',
  licence: '/licences',
  licence_case: '/cases',
  licence_filing: '/filings',
  rectification: '/collaboration/rectifications',
  referral: '/collaboration/referrals',
  reminder_letter: '/collaboration/letters',
}
export const placeOf = (event: Pick<Event, 'subject_type' | 'subject_id'>): string | null => {
  const place = PLACES[event.subject_type]
  return place ? `${place}/${event.subject_id}` : null
}

export const subjectKind = (type: string): string => (text.subjects as Record<string, string>)[type] ?? text.otherSubject
