import { api, call, ifMatch, once, type Schema } from '@/api/client'
import { promiseOf, promisedOf, type Promised } from './deferral'
import type { Tone } from '@/shared/components/StateBadge.vue'

/** Reading, filling in and following an application, as its applicant. */
export type Application = Schema<'ApplicationView'>
export type Material = Schema<'MaterialView'>
export type MaterialFile = Schema<'MaterialFile'>
export type Review = Schema<'ReviewView'>
export type Gap = Schema<'Gap'>
export type Matter = Schema<'MatterView'>
export type MatterSummary = Schema<'MatterSummary'>
export type ApplicationForm = Schema<'Form'>
export type StateName = Schema<'StateName'>
export type Event = Schema<'Event'>
export type CorrectionItem = Schema<'CorrectionItem'>

const at = (id: string): { path: { id: string } } => ({ path: { id } })

export const readApplication = (id: string, signal?: AbortSignal): Promise<Application> =>
  call(api.GET('/api/v1/applications/{id}', { params: at(id), ...(signal && { signal }) }))
export const readTimeline = (id: string, before?: number): Promise<Event[]> =>
  call(api.GET('/api/v1/applications/{id}/timeline', { params: { ...at(id), query: { limit: EVENTS, ...(before !== undefined && { before }) } } }))
export const readGaps = async (id: string): Promise<Gap[]> =>
  (await call(api.GET('/api/v1/applications/{id}/completeness', { params: at(id) }))).missing
export const readMatter = (key: string, version?: number): Promise<Matter> =>
  call(api.GET('/api/v1/matters/{key}', { params: { path: { key }, query: version === undefined ? {} : { version } } }))
export const saveForm = (id: string, version: number, body: ApplicationForm): Promise<Application> =>
  call(api.PUT('/api/v1/applications/{id}/form', { params: { ...at(id), header: ifMatch(version) }, body }))
export const saveSubject = (id: string, version: number, body: Schema<'SubjectRequest'>): Promise<Application> =>
  call(api.PUT('/api/v1/applications/{id}/subject', { params: { ...at(id), header: ifMatch(version) }, body }))
export const removeFile = (id: string, file: string): Promise<Application> =>
  call(api.DELETE('/api/v1/applications/{id}/files/{file}', { params: { path: { id, file } } }))
export const submitApplication = (id: string, key: string): Promise<Application> =>
  call(api.POST('/api/v1/applications/{id}/submissions', { params: at(id), headers: once(key) }))
export const withdrawApplication = (id: string, reason: string): Promise<Application> =>
  call(api.POST('/api/v1/applications/{id}/withdrawals', { params: at(id), body: { reason } }))
export const beginDraft = (matter: string): Promise<Application> => call(api.POST('/api/v1/applications', { body: { matter } }))

/** Events of one page of the timeline. */
export const EVENTS = 50
export const fileUrl = (id: string, file: string): string => `/api/v1/applications/${id}/files/${file}`
export const uploadUrl = (id: string, material: string): string => `/api/v1/applications/${id}/materials/${material}/files`

const tones: Record<StateName, Tone> = {
  draft: 'draft',
  submitted: 'active',
  correcting: 'soon',
  in_review: 'active',
  first_review: 'active',
  second_review: 'active',
  deciding: 'active',
  granted: 'fine',
  refused: 'late',
  not_accepted: 'late',
  withdrawn: 'held',
}
/** How a state looks. */
export const toneOf = (state: StateName): Tone => tones[state]

const places: Record<StateName, number> = {
  draft: 0,
  submitted: 1,
  correcting: 1,
  in_review: 2,
  first_review: 3,
  second_review: 4,
  deciding: 5,
  granted: 6,
  refused: 6,
  not_accepted: 1,
  withdrawn: -1,
}
/** Which step of the way is being done: 0 for handing in; past the last when all is done. */
export function stepOf({ state, delivery }: Pick<Application, 'state' | 'delivery'>): number {
  return delivery ? places[state] + 1 : places[state]
}

/** What is typed in a form: lists as lines, numbers as their digits. */
export interface Entries {
  contact: string
  contact_phone: string
  delivery_address: string
  employees: string
  scope: string
  truth_declared: boolean
  applicable_materials: string[]
  deferral: Promised
}

export const entriesOf = (form: ApplicationForm): Entries => ({
  contact: form.contact ?? '',
  contact_phone: form.contact_phone ?? '',
  delivery_address: form.delivery_address ?? '',
  employees: String(form.employees ?? ''),
  scope: (form.scope ?? []).join('\n'),
  truth_declared: form.truth_declared ?? false,
  applicable_materials: [...(form.applicable_materials ?? [])],
  deferral: promisedOf(form),
})

/** Back into what the server keeps; entries that the page does not show stay as they were. */
export function formOf(entries: Entries, before: ApplicationForm): ApplicationForm {
  return {
    ...before,
    contact: entries.contact.trim(),
    contact_phone: entries.contact_phone.trim(),
    delivery_address: entries.delivery_address.trim().replace(/\s*\n\s*/g, ' '),
    employees: /^\d+$/.test(String(entries.employees).trim()) ? Number(entries.employees) : null,
    scope: entries.scope.split('\n').map((line) => line.trim()).filter(Boolean),
    truth_declared: entries.truth_declared,
    applicable_materials: entries.applicable_materials,
    deferral: promiseOf(entries.deferral),
  }
}

/** The field of a form that a fault names, however the server leads to it. */
export const plainField = (field: string): string => field.replace(/^form\./, '').replace(/\[\d+\]$/, '')

/** Endings of the files that a material takes. */
export function endings(types: readonly string[]): string {
  return types.flatMap((type) => (type === 'jpg' ? ['.jpg', '.jpeg'] : [`.${type}`])).join(',')
}

/** What an applicant may change now. In a correction the notice says what; in a draft everything is open. */
export function mendable({ state, correction_notice: notice, materials }: Application): { form: boolean; materials: Material[] } {
  if (state === 'draft') return { form: true, materials }
  return {
    form: notice?.items.some(({ target }) => target.kind === 'form') ?? false,
    materials: materials.filter((material) => material.to_be_mended),
  }
}

export type Licence = Schema<'LicenceView'>
/** The licences of the own enterprise, newest first; more than one page of them nobody has. */
export const readLicences = async (signal?: AbortSignal): Promise<Licence[]> =>
  (await call(api.GET('/api/v1/licences', { params: { query: { limit: 50 } }, ...(signal && { signal }) }))).items
