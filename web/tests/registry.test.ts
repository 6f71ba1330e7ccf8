import { describe, expect, it } from 'vitest'
import type { Enterprise, Import } from '@/features/registry/api'
import { blank, requestOf, valuesOf } from '@/features/registry/form'
import { finding, promised, underWay } from '@/features/registry/imports'
import { withinCity } from '@/shared/lib/format'

const run = (over: Partial<Import>): Import => ({ state: 'done', dry_run: true, total: 10, read: 10, taken: 0, changed: 0, warned: 0, skipped: 0, refused: 0, ...over }) as Import

describe('an import', () => {
  it('says in a sentence what it found, and what a check found apart from what was taken', () => {
    expect(finding(run({ refused: 2 }))).toBe('2 行要修改')
    expect(finding(run({ refused: 2, dry_run: false }))).toBe('已导入，2 行没有导入')
    expect(finding(run({}))).toBe('10 行都可以导入')
    expect(finding(run({ state: 'failed', refused: 3 }))).toBe('没有完成')
  })
  it('is under way until it ended, and promises what it would register or change', () => {
    expect((['waiting', 'running', 'done', 'cancelled', 'failed'] as const).map((state) => underWay(run({ state })))).toEqual([true, true, false, false, false])
    expect(promised(run({ taken: 3, changed: 4, skipped: 5 }))).toBe(7)
  })
})

describe('the form of an enterprise', () => {
  const file = { name: '甲', code: '1', legal_representative: '张三', economic_type: '', address: '路', region: '3601', industry: null, size: 'small', danger: null, phone: null, longitude: 115.9, latitude: 28.6, authority: null, established_on: null, state: 'active' } as unknown as Enterprise
  it('gives back what it was given, with what has no field in it', () => {
    expect(requestOf(valuesOf(file), file)).toEqual({ ...file, confirmed_warnings: false })
  })
  it('says nothing about the state of a new enterprise', () => {
    expect(requestOf(blank('3601'))).not.toHaveProperty('state')
  })
})

describe('a region', () => {
  it('is named without the city that everybody is in', () => {
    expect(withinCity('江西省南昌市东湖区', '南昌市')).toBe('东湖区')
    expect(withinCity('江西省南昌市', '南昌市')).toBe('南昌市')
    expect(withinCity('河南省许昌市', '南昌市')).toBe('河南省许昌市')
    expect(withinCity('东湖区', undefined)).toBe('东湖区')
  })
})
