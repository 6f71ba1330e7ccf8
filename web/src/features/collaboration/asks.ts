import type { Act } from '@/shared/lib/act'
import { collaboration } from '@/locales/zh-CN/collaboration'
import { acts, type Rectification, type Referral } from './api'

/** What each act on a problem or a referral asks. */
const { report, close } = collaboration.rectifications
const { receive, answer } = collaboration.referrals

export const reportAct = (id: string): Act<Rectification> => ({
  title: report.title,
  action: report.action,
  text: report.text,
  wide: true,
  questions: [{ name: 'text', label: report.label, hint: report.hint, kind: 'area', rows: 6 }],
  send: ({ text = '' }, key) => acts.report(id, text, key),
})

export const closeAct = (id: string): Act<Rectification> => ({
  title: close.title,
  action: close.action,
  text: close.text,
  wide: true,
  questions: [
    { name: 'mended', label: close.mended, kind: 'radio', options: [{ value: 'yes', text: close.yes }, { value: 'no', text: close.no }] },
    { name: 'text', label: close.label, kind: 'area', rows: 4 },
  ],
  send: ({ mended, text = '' }, key) => acts.close(id, mended === 'yes', text, key),
})

export const receiveAct = (id: string): Act<Referral> => ({
  title: receive.title,
  action: receive.action,
  text: receive.text,
  questions: [{ name: 'number', label: receive.number, hint: receive.numberHint, optional: true }],
  send: ({ number = '' }, key) => acts.receive(id, number, key),
})

export const answerAct = (id: string): Act<Referral> => ({
  title: answer.title,
  action: answer.action,
  wide: true,
  questions: [
    { name: 'returned', label: answer.returned, kind: 'radio', options: [{ value: 'no', text: answer.done }, { value: 'yes', text: answer.back }], start: 'no' },
    { name: 'text', label: answer.label, hint: answer.hint, kind: 'area', rows: 6 },
  ],
  send: ({ returned, text = '' }, key) => acts.answer(id, returned === 'yes', text, key),
})
