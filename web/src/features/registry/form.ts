import type { Schema } from '@/api/client'
import type { Danger, Enterprise, Size, State } from './api'

/** What stands in the form of an enterprise: every field as a text, as people type it. */
export interface Values {
  name: string
  code: string
  legal_representative: string
  economic_type: string
  address: string
  region: string
  industry: string
  size: string
  danger: string
  phone: string
  authority: string
  established_on: string
  state: string
  confirmed_warnings: boolean
}

export const blank = (region: string): Values => ({
  name: '',
  code: '',
  legal_representative: '',
  economic_type: '',
  address: '',
  region,
  industry: '',
  size: 'unstated',
  danger: '',
  phone: '',
  authority: '',
  established_on: '',
  state: 'active',
  confirmed_warnings: false,
})

export const valuesOf = (one: Enterprise): Values => ({
  name: one.name,
  code: one.code,
  legal_representative: one.legal_representative,
  economic_type: one.economic_type,
  address: one.address,
  region: one.region,
  industry: one.industry ?? '',
  size: one.size,
  danger: one.danger ?? '',
  phone: one.phone ?? '',
  authority: one.authority ?? '',
  established_on: one.established_on ?? '',
  state: one.state,
  confirmed_warnings: false,
})

/** The body of a request. What has no field in the form stays as it is in the file. */
export function requestOf(values: Values, known?: Enterprise): Schema<'EnterpriseRequest'> {
  const { industry, size, danger, phone, authority, established_on, state, confirmed_warnings, ...texts } = values
  return {
    ...texts,
    industry: industry || null,
    size: (size || null) as Size | null,
    danger: (danger || null) as Danger | null,
    phone: phone || null,
    authority: authority || null,
    established_on: established_on || null,
    longitude: known?.longitude ?? null,
    latitude: known?.latitude ?? null,
    confirmed_warnings,
    ...(known ? { state: state as State } : {}),
  }
}
