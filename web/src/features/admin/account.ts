import type { Schema } from '@/api/client'
import type { FieldFault } from '@/api/problem'
import { fold, type Folded } from '@/shared/lib/timeline'
import { admin } from '@/locales/zh-CN/admin'
import type { Account, AccountChange, AccountRequest, Event } from './api'

/** What is typed about an account. */
export interface AccountValues {
  end: Schema<'End'>
  login: string
  name: string
  phone: string
  roles: Schema<'Role'>[]
  department: string
  enterprise: string
  regions: string[]
  region: string
  password: string
  state: Schema<'AccountState'>
}

export const valuesOf = (account: Account): AccountValues => ({
  end: account.end,
  login: account.login,
  name: account.name,
  phone: account.phone ?? '',
  roles: [...account.roles],
  department: account.scope.department ?? '',
  enterprise: account.scope.enterprise ?? '',
  regions: [...account.scope.regions],
  region: account.region,
  password: '',
  state: account.state,
})

/** What belongs to the end only is sent: an officer has no enterprise, and people of an enterprise reach nothing else. */
function shared(values: AccountValues): Omit<AccountChange, 'state'> {
  const own = values.end === 'enterprise'
  return {
    name: values.name.trim(),
    phone: values.phone.trim() || null,
    roles: values.roles,
    department: own ? null : values.department || null,
    enterprise: own ? values.enterprise || null : null,
    regions: own ? [] : values.regions,
  }
}
export const changeOf = (values: AccountValues): AccountChange => ({ ...shared(values), state: values.state })
export const requestOf = (values: AccountValues): AccountRequest => ({
  ...shared(values),
  end: values.end,
  login: values.login.trim(),
  region: values.region,
  password: values.password,
})

/** What cannot even be asked. */
export function faultsOf(values: AccountValues): FieldFault[] {
  const text = admin.account
  const faults: FieldFault[] = []
  if (values.roles.length === 0) faults.push({ field: 'roles', message: text.chooseRole })
  if (values.end === 'enterprise' && !values.enterprise) faults.push({ field: 'enterprise', message: text.chooseEnterprise })
  return faults
}

/**
 * The latest acts of one account, without the name that the page bears. A run that the page of events cuts off is left
 * out, because its number would be wrong; where there is nothing else, it is told without a number.
 */
export function recentActs(page: { items: readonly Event[]; next?: string | null }, lines: number): Folded<Event>[] {
  const folded = fold(page.items.map((act) => ({ ...act, actor: '' })))
  if (!page.next) return folded.slice(0, lines)
  const known = folded.slice(0, -1)
  return known.length > 0 ? known.slice(0, lines) : folded.map((act) => ({ ...act, times: 1 }))
}
