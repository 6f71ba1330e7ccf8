import { deferral } from '@/locales/zh-CN/deferral'
import { officer } from '@/locales/zh-CN/officer'
import { following, termOf } from './deferral'
import { acts, type Application, type Matter, type Review } from './officer'
import type { Schema } from '@/api/client'
import { type Paper, paperOf, preview } from './papers'
import { openCheck, siteActs } from './site'
import { isDirect } from './subject'

/** Acts that need a few fields only. */
export type Plain =
  | 'take_over'
  | 'accept'
  | 'refuse_acceptance'
  | 'break_commitment'
  | 'cancel_site_check'
  | 'return_review'
  | 'stop_clock'
  | 'resume_clock'
  | 'extend'
  | 'first_review'
  | 'second_review'
  | 'deliver'

/** What is asked for. */
export interface PlainField {
  name: string
  label: string
  kind?: 'text' | 'area' | 'select' | 'radio' | 'ticks' | 'date' | 'number'
  hint?: string
  start?: string
  optional?: boolean
  options?: { value: string; text: string }[]
  /** Said when nothing was chosen; everything else is judged by the server. */
  missing?: string
  /** Every answer has to be ticked. */
  every?: boolean
}

export interface PlainAct {
  title: string
  action: string
  text?: string
  /** What has to be known before it is done. */
  note?: { title: string; text: string }
  danger?: boolean
  fields: PlainField[]
  /** The document that the act makes, with what has been typed. */
  paper?: (values: Record<string, string>) => Paper | undefined
  send: (values: Record<string, string>, key: string) => Promise<Application>
}

/** The notice that time counts again belongs to every matter. */
const RESUMPTION = 'clock_resumption'
/** So does the notice of a commitment that was not kept. */
const BREACH = 'commitment_breach'
/** This time is not counted by itself while the applicant corrects. */
const BY_ITSELF = 'applicant_correction'
const of = (values: Record<string, string>, name: string): string => (values[name] ?? '').trim()
const listed = (text: string): string[] => text.split(',').filter(Boolean)

type Values = Record<string, string>

/** The bodies of the acts that make a document. */
const bodies = {
  accept: (values: Values): Schema<'AcceptanceRequest'> => ({ confirmed: listed(of(values, 'confirmed')), departments: listed(of(values, 'departments')) }),
  refuse: (values: Values): Schema<'NonAcceptanceRequest'> => ({
    reason: of(values, 'reason'),
    legal_basis: of(values, 'legal_basis'),
    competent_authority: of(values, 'competent_authority') || null,
  }),
  stop: (values: Values): Schema<'StopRequest'> => ({
    cause: of(values, 'cause') as Schema<'PauseCause'>,
    department: of(values, 'department') || null,
    expected_until: of(values, 'expected_until'),
    reason: of(values, 'reason'),
  }),
  extend: (values: Values): Schema<'ExtensionRequest'> => ({ reason: of(values, 'reason'), days: of(values, 'days') === '' ? null : Number(of(values, 'days')) }),
  deliver: (values: Values): Schema<'DeliveryRequest'> => ({
    method: of(values, 'method'),
    on: of(values, 'on') || null,
    place: of(values, 'place'),
    recipient: of(values, 'recipient'),
    remark: of(values, 'remark'),
  }),
}

function opinion(application: Application, stage: 'first' | 'second'): PlainAct {
  const text = officer.dialog.opinion
  return {
    title: text[stage],
    action: text.action,
    fields: [
      { name: 'for_grant', label: text.grant, kind: 'radio', options: [{ value: 'true', text: text.for }, { value: 'false', text: text.against }], missing: text.missing },
      { name: 'opinion', label: text.opinion, kind: 'area' },
    ],
    send: (values, key) => {
      const body = { for_grant: of(values, 'for_grant') === 'true', opinion: of(values, 'opinion') }
      return stage === 'first' ? acts.firstReview(application.id, key, body) : acts.secondReview(application.id, key, body)
    },
  }
}

/** What each act asks for, from the application, its rules and the department of the person (`own`). */
export function plainActs(application: Application, matter: Matter, own?: string | null): Record<Plain, PlainAct> {
  const { id } = application
  const text = officer.dialog
  const { definition } = matter
  const conditional = isDirect(application) ? [] : definition.departments.filter((one) => one.applies_when)
  const confirmable = isDirect(application) ? (definition.existing?.direct?.conditions ?? []) : []
  const later = following(application)
  const running = application.stops.filter((stop) => !stop.resumed)
  const departments = (fits: (review: Review) => boolean): { value: string; text: string }[] =>
    application.reviews.filter(fits).map(({ department, department_name }) => ({ value: department, text: department_name }))
  const { amount, unit } = definition.extension.longest
  const named = (department: string): string => application.reviews.find((one) => one.department === department)?.department_name ?? matter.departments[department] ?? ''
  const reached = ({ reach }: Schema<'Stop'>): string => (reach.kind === 'whole' ? text.stop_clock.whole : named(reach.department))
  /** Whoever reviews for a department stops its clock; whether more may be stopped is the server's to say. */
  const reviewing = (department?: string | null): boolean => application.allowed_actions.includes('review') && application.reviews.some((one) => one.department === department && one.progress === 'reviewing')
  return {
    take_over: { ...text.take_over, fields: [], send: (_, key) => acts.takeOver(id, key) },
    accept: {
      title: text.accept.title,
      text: isDirect(application) ? text.accept.direct : text.accept.text,
      ...(later.length > 0 && { note: { title: deferral.accept.title(later.length), text: deferral.accept.detail(application.form.deferral?.signatory ?? '', termOf(matter)) } }),
      action: text.accept.action,
      fields: [
        ...(confirmable.length === 0
          ? []
          : [
              {
                name: 'confirmed',
                label: text.accept.confirmed,
                hint: text.accept.confirmedHint,
                kind: 'ticks' as const,
                every: true,
                missing: text.accept.unconfirmed,
                options: confirmable.map((one) => ({ value: one.key, text: one.text })),
              },
            ]),
        ...(conditional.length === 0
          ? []
          : [
              {
                name: 'departments',
                label: text.accept.departments,
                kind: 'ticks' as const,
                options: conditional.map((one) => ({ value: one.department, text: text.accept.department(matter.departments[one.department] ?? one.department, one.applies_when ?? '') })),
              },
            ]),
      ],
      paper: () => preview(id, paperOf(matter, 'accepted')),
      send: (values, key) => acts.accept(id, key, bodies.accept(values)),
    },
    refuse_acceptance: {
      title: text.refuse_acceptance.title,
      action: text.refuse_acceptance.action,
      danger: true,
      fields: [
        { name: 'reason', label: text.refuse_acceptance.reason, kind: 'area' },
        { name: 'legal_basis', label: text.refuse_acceptance.basis, kind: 'area' },
        { name: 'competent_authority', label: text.refuse_acceptance.authority, optional: true },
      ],
      paper: (values) => preview(id, paperOf(matter, 'acceptance_refused'), bodies.refuse(values)),
      send: (values, key) => acts.refuse(id, key, bodies.refuse(values)),
    },
    break_commitment: {
      ...text.break_commitment,
      danger: true,
      fields: [{ name: 'reason', label: text.break_commitment.reason, kind: 'area' }],
      paper: (values) => preview(id, BREACH, { reason: of(values, 'reason') }),
      send: (values, key) => acts.breakCommitment(id, key, { reason: of(values, 'reason') }),
    },
    cancel_site_check: {
      ...text.cancel_site_check,
      danger: true,
      fields: [{ name: 'reason', label: text.cancel_site_check.reason, kind: 'area' }],
      send: (values, key) => siteActs.cancel(id, openCheck(application)?.id ?? '', key, of(values, 'reason')),
    },
    return_review: {
      title: text.return_review.title,
      text: text.return_review.text,
      action: text.return_review.action,
      fields: [
        { name: 'department', label: text.return_review.department, kind: 'select', options: [{ value: '', text: text.return_review.choose }, ...departments((one) => one.may_be_returned)], missing: text.return_review.missing },
        { name: 'reason', label: text.return_review.reason, kind: 'area' },
      ],
      send: (values, key) => acts.returnReview(id, of(values, 'department'), key, { reason: of(values, 'reason') }),
    },
    stop_clock: {
      title: text.stop_clock.title,
      action: text.stop_clock.action,
      fields: [
        { name: 'cause', label: text.stop_clock.cause, kind: 'radio', options: definition.pauses.filter((one) => one.enabled && one.cause !== BY_ITSELF).map((one) => ({ value: one.cause, text: one.name })), missing: text.stop_clock.missing },
        {
          name: 'department', label: text.stop_clock.reach, kind: 'select', start: reviewing(own) ? (own ?? '') : '',
          options: [{ value: '', text: text.stop_clock.whole }, ...departments((one) => one.progress === 'reviewing')],
        },
        { name: 'expected_until', label: text.stop_clock.until, kind: 'date' },
        { name: 'reason', label: text.stop_clock.reason, kind: 'area' },
      ],
      paper: (values) => {
        const { cause, expected_until, reason } = bodies.stop(values)
        return preview(id, paperOf(matter, 'clock_stopped'), { cause, expected_until, reason })
      },
      send: (values, key) => acts.stop(id, key, bodies.stop(values)),
    },
    resume_clock: {
      title: text.resume_clock.title,
      text: text.resume_clock.text,
      action: text.resume_clock.action,
      fields: [
        {
          name: 'stop',
          label: text.resume_clock.stop,
          kind: 'select',
          options: running.map((stop) => ({ value: stop.id, text: text.resume_clock.one(stop.cause_name, reached(stop), stop.reason) })),
          start: (running.find((stop) => stop.reach.kind === 'department' && stop.reach.department === own) ?? running[0])?.id ?? '',
          missing: text.resume_clock.missing,
        },
      ],
      paper: () => preview(id, RESUMPTION),
      send: (values, key) => acts.resume(id, of(values, 'stop'), key),
    },
    extend: {
      title: text.extend.title,
      text: text.extend.text,
      action: text.extend.action,
      fields: [
        { name: 'days', label: text.extend.days, kind: 'number', hint: text.extend.daysHint(amount, text.extend.units[unit]), optional: true },
        { name: 'reason', label: text.extend.reason, kind: 'area' },
      ],
      paper: (values) => preview(id, paperOf(matter, 'extended'), bodies.extend(values)),
      send: (values, key) => acts.extend(id, key, bodies.extend(values)),
    },
    first_review: opinion(application, 'first'),
    second_review: opinion(application, 'second'),
    deliver: {
      title: text.deliver.title,
      action: text.deliver.action,
      fields: [
        { name: 'method', label: text.deliver.method, kind: 'select', start: text.deliver.methods[0], options: text.deliver.methods.map((one) => ({ value: one, text: one })) },
        { name: 'on', label: text.deliver.on, kind: 'date', hint: text.deliver.onHint, optional: true },
        { name: 'place', label: text.deliver.place, start: application.form.delivery_address ?? '' },
        { name: 'recipient', label: text.deliver.recipient, start: application.form.contact ?? '' },
        { name: 'remark', label: text.deliver.remark, kind: 'area', optional: true },
      ],
      paper: (values) => preview(id, paperOf(matter, 'delivered'), bodies.deliver(values)),
      send: (values, key) => acts.deliver(id, key, bodies.deliver(values)),
    },
  }
}
