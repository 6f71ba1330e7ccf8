import type { Schema } from '@/api/client'

type Application = Pick<Schema<'ApplicationView'>, 'state' | 'lead' | 'reviews' | 'delivery'>
type Login = Pick<Schema<'DemoLogin'>, 'login' | 'acts_as' | 'department'>

/** Who of the body that leads has to act. */
const OFFICERS: Partial<Record<Application['state'], Schema<'Role'>>> = {
  submitted: 'window_clerk', first_review: 'first_reviewer', second_review: 'second_reviewer', deciding: 'approver', granted: 'window_clerk', refused: 'window_clerk',
}

/** The accounts of a demo that go on with an application: whoever plays all of them need not search for the next one. */
export function nextLogins<One extends Login>({ state, lead, reviews, delivery }: Application, accounts: readonly One[]): One[] {
  const of = (role: Schema<'Role'>, departments: string[]): One[] =>
    accounts.filter(({ acts_as: acts, department }) => acts === role && departments.includes(department ?? ''))
  if (state === 'in_review') return of('department_reviewer', reviews.filter(({ progress }) => progress === 'reviewing').map(({ department }) => department))
  const officer = OFFICERS[state]
  return officer && !delivery ? of(officer, [lead.key]) : []
}
