import { api, call, ifMatch, once, type Schema } from '@/api/client'
import { ProblemError } from '@/api/problem'
import type { Act, Answers, Question } from '@/shared/lib/act'
import { keeping as text } from '@/locales/zh-CN/keeping'

/** Key people and facilities of an enterprise: entered and changed by whoever keeps its file. */
export type Staff = Schema<'StaffView'>
export type Facility = Schema<'FacilityView'>

const posts: readonly string[] = Object.keys(text.posts)
/** People by their posts: who answers for everything comes first. */
export const inOrder = (people: readonly Staff[]): Staff[] => [...people].sort((a, b) => posts.indexOf(a.post) - posts.indexOf(b.post))

const options = (names: Readonly<Record<string, string>>): { value: string; text: string }[] => Object.entries(names).map(([value, name]) => ({ value, text: name }))
const said = (answers: Answers, name: string): string => (answers[name] ?? '').trim()
const orNull = (answers: Answers, name: string): string | null => said(answers, name) || null

export function staffQuestions(one?: Staff): Question[] {
  const { staff: words } = text
  return [
    { name: 'name', label: words.name, start: one?.name ?? '' },
    { name: 'post', label: words.post, kind: 'select', options: [{ value: '', text: text.choose }, ...options(text.posts)], start: one?.post ?? '' },
    { name: 'phone', label: words.phone, optional: true, start: one?.phone ?? '' },
    { name: 'identity_number', label: words.identity, hint: words.identityHint, optional: true, start: one?.identity_number ?? '' },
    { name: 'certificate_kind', label: words.certificate, hint: words.certificateHint, offers: words.certificates, optional: true, start: one?.certificate_kind ?? '' },
    { name: 'certificate_number', label: words.number, optional: true, start: one?.certificate_number ?? '' },
    { name: 'valid_from', label: words.from, kind: 'date', optional: true, start: one?.valid_from ?? '' },
    { name: 'valid_until', label: words.until, kind: 'date', optional: true, start: one?.valid_until ?? '' },
    ...(one ? [{ name: 'left_on', label: words.left, hint: words.leftHint, kind: 'date' as const, optional: true, start: one.left_on ?? '' }] : []),
  ]
}

export const staffRequest = (answers: Answers): Schema<'StaffRequest'> => ({
  name: said(answers, 'name'),
  post: said(answers, 'post') as Schema<'Post'>,
  phone: orNull(answers, 'phone'),
  identity_number: orNull(answers, 'identity_number'),
  certificate_kind: said(answers, 'certificate_kind'),
  certificate_number: said(answers, 'certificate_number'),
  valid_from: orNull(answers, 'valid_from'),
  valid_until: orNull(answers, 'valid_until'),
  left_on: orNull(answers, 'left_on'),
})

export function staffAct(id: string, one?: Staff): Act<Staff> {
  return {
    title: one ? text.staff.change(one.name) : text.staff.add,
    action: one ? text.save : text.enter,
    wide: true,
    questions: staffQuestions(one),
    send: (answers, key) =>
      one
        ? call(api.PUT('/api/v1/enterprises/{id}/staff/{staff}', { params: { path: { id, staff: one.id }, header: ifMatch(one.version) }, body: staffRequest(answers) }))
        : call(api.POST('/api/v1/enterprises/{id}/staff', { params: { path: { id } }, headers: once(key), body: staffRequest(answers) })),
  }
}

export function facilityQuestions(one?: Facility): Question[] {
  const { facility: words } = text
  return [
    { name: 'kind', label: words.kind, kind: 'radio', options: options(text.kinds), start: one?.kind ?? '' },
    { name: 'name', label: words.name, start: one?.name ?? '' },
    {
      name: 'level', label: words.level, kind: 'select', options: [{ value: '', text: text.choose }, ...options(text.levels)], start: one?.level ?? '',
      when: ({ kind }) => kind === 'major_hazard_source',
    },
    { name: 'class', label: words.class, hint: words.classHint, optional: true, start: one?.class ?? '' },
    { name: 'filing_number', label: words.filing, optional: true, start: one?.filing_number ?? '' },
    { name: 'longitude', label: words.longitude, hint: words.longitudeHint, optional: true, start: one?.longitude?.toString() ?? '' },
    { name: 'latitude', label: words.latitude, hint: words.latitudeHint, optional: true, start: one?.latitude?.toString() ?? '' },
    ...(one ? [{ name: 'ended_on', label: words.ended, hint: words.endedHint, kind: 'date' as const, optional: true, start: one.ended_on ?? '' }] : []),
  ]
}

/** Degrees as typed. What is no number would be sent as nothing, so it is refused here. */
function degrees(answers: Answers, name: string): number | null {
  const typed = said(answers, name)
  if (typed === '') return null
  const degree = Number(typed)
  if (Number.isNaN(degree)) throw new ProblemError({ type: 'about:blank', status: 422, title: '', detail: '', fields: [{ field: name, message: text.facility.degrees }], more: {} })
  return degree
}

export const facilityRequest = (answers: Answers): Schema<'FacilityRequest'> => ({
  name: said(answers, 'name'),
  kind: said(answers, 'kind') as Schema<'FacilityKind'>,
  class: said(answers, 'class'),
  level: said(answers, 'kind') === 'major_hazard_source' ? (orNull(answers, 'level') as Schema<'HazardLevel'> | null) : null,
  filing_number: orNull(answers, 'filing_number'),
  longitude: degrees(answers, 'longitude'),
  latitude: degrees(answers, 'latitude'),
  ended_on: orNull(answers, 'ended_on'),
})

export function facilityAct(id: string, one?: Facility): Act<Facility> {
  return {
    title: one ? text.facility.change(one.name) : text.facility.add,
    action: one ? text.save : text.enter,
    wide: true,
    questions: facilityQuestions(one),
    send: async (answers, key) =>
      one
        ? call(api.PUT('/api/v1/enterprises/{id}/facilities/{facility}', { params: { path: { id, facility: one.id }, header: ifMatch(one.version) }, body: facilityRequest(answers) }))
        : call(api.POST('/api/v1/enterprises/{id}/facilities', { params: { path: { id } }, headers: once(key), body: facilityRequest(answers) })),
  }
}
