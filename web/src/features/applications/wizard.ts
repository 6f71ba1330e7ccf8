import type { Gap } from './applicant'

/** The steps of filling in; one that does not concern the application is left out. */
export type Step = 'subject' | 'form' | 'materials' | 'check'

/** Which steps there are: what is asked about a licence comes first, and a correction leaves out what it does not ask for. */
export function stepsOf(about: boolean, form: boolean): Step[] {
  return [...(about && form ? (['subject'] as const) : []), ...(form ? (['form'] as const) : []), 'materials', 'check']
}

/** Where what is missing is filled in. */
export const stepOfGap = ({ field }: Pick<Gap, 'field'>): Step =>
  field.startsWith('materials.') || field.startsWith('form.deferral') ? 'materials' : field.startsWith('subject.') ? 'subject' : 'form'
