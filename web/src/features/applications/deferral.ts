import { api, call, once, type Schema } from '@/api/client'
import { deferral as text } from '@/locales/zh-CN/deferral'

type Application = Schema<'ApplicationView'>
type Material = Application['materials'][number]
type Matter = Schema<'MatterView'>

export const supply = (id: string, key: string): Promise<Application> =>
  call(api.POST('/api/v1/applications/{id}/supplies', { params: { path: { id } }, headers: once(key) }))

/** What is typed about papers that follow later. */
export interface Promised {
  materials: string[]
  signatory: string
  signed: boolean
}
export const promisedOf = (form: Schema<'Form'>): Promised => ({
  materials: [...(form.deferral?.materials ?? [])],
  signatory: form.deferral?.signatory ?? '',
  signed: form.deferral?.signed ?? false,
})
/** Back into what the server keeps: nothing where nothing follows. */
export const promiseOf = ({ materials, signatory, signed }: Promised): Schema<'DeferralPromise'> | null =>
  materials.length === 0 ? null : { materials, signatory: signatory.trim(), signed }

/** Another list is another commitment: it is signed anew. */
export function promise(before: Promised, key: string, follows: boolean): Promised {
  const others = before.materials.filter((one) => one !== key)
  return { ...before, materials: follows ? [...others, key] : others, signed: false }
}

/** Papers of the matter that may follow later. */
export const deferrable = ({ definition }: Matter): ReadonlySet<string> =>
  new Set(definition.deferral.allowed ? definition.materials.filter((one) => one.deferrable === 'deferrable').map(({ key }) => key) : [])

/** How long they may take, in words. */
export function termOf({ definition }: Matter): string {
  const { amount, unit } = definition.deferral.due
  return text.term(amount, text.units[unit])
}

/** Papers that the applicant has promised and that are not there, before and after the acceptance. */
export function following({ materials, form, deferral }: Pick<Application, 'materials' | 'form' | 'deferral'>): Material[] {
  const keys = deferral ? (deferral.commitment.state === 'open' ? deferral.outstanding : []) : (form.deferral?.materials ?? [])
  return materials.filter((one) => keys.includes(one.key) && one.files.length === 0)
}

/** Papers that ought to be there and are neither there nor promised. */
export function lacking(application: Pick<Application, 'materials' | 'form' | 'deferral'>): Material[] {
  const later = new Set(following(application).map(({ key }) => key))
  return application.materials.filter((one) => one.applies && !one.online && one.files.length === 0 && !later.has(one.key))
}
