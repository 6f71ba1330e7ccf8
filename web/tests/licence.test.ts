import { createPinia, setActivePinia } from 'pinia'
import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Schema } from '@/api/client'
import { headingOf } from '@/features/licences/holder'
import LicenceCard from '@/shared/components/LicenceCard.vue'
import { useSite } from '@/stores/site'

type Licence = Schema<'LicenceView'>
const of = (...all: Licence['status'][]) => headingOf(all.map((status) => ({ status })))

describe('what is said of all licences of a holder', () => {
  it('counts none that is over as good', () => {
    expect(of()).toBe('我的许可证')
    expect(of('valid', 'replaced')).toBe('1 本许可证都在有效期内')
    expect(of('replaced', 'cancelled')).toBe('没有在用的许可证')
  })
  it('says first what must not be used', () => {
    expect(of('expiring', 'suspended', 'valid')).toBe('1 本许可证被暂扣')
    expect(of('expiring', 'expired')).toBe('1 本许可证已经过期')
    expect(of('expiring', 'in_transition')).toBe('1 本许可证就要到期')
  })
})

describe('a card', () => {
  const licence = { id: 'a', number: '（赣）FM安许证字〔2026〕000004', industry_name: '非煤矿山', state: 'issued', valid_from: '2026-01-01', valid_until: '2029-12-31' }
  const shown = (more: object): string => mount(LicenceCard, { props: { licence: { ...licence, ...more } as Licence }, global: { stubs: { RouterLink: { template: '<a><slot /></a>' } } } }).text()
  beforeEach(() => {
    setActivePinia(createPinia())
    useSite().site = { today: '2029-12-01' } as never
  })
  it('tells how long a licence is good', () => expect(shown({ status: 'valid', status_name: '有效' })).toContain('还有 30 天'))
  it('tells since when one is over, not how long it would have been good', () => {
    const said = shown({ status: 'replaced', status_name: '已换发', standing: { since: '2029-11-27' } })
    expect(said).toContain('2029年11月27日 起')
    expect(said).not.toContain('还有')
    expect(said).not.toContain('有效期至')
  })
})
