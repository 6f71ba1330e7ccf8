import { describe, expect, it } from 'vitest'
import type { Unconfirmed } from '@/features/admin/api'
import { csvOf, footnotes, gathered, questions, sourcesOf } from '@/features/admin/facts'
import { byIndustry } from '@/features/admin/matters'

const fact = (label: string, note: string, sources: Unconfirmed['sources'] = [], name = '甲'): Unconfirmed =>
  ({ file: 'f', label, name, note, mark: 'unconfirmed', section: 'materials', section_name: '申请材料', sources }) as Unconfirmed

describe('facts to be confirmed', () => {
  const read = { key: 'W1', title: '某办法', kind: 'secondary' } as const
  const none = { key: 'M', title: '未查得原文', kind: 'recollection' } as const
  it('that ask the same come under one question, numbered through', () => {
    const all = questions([fact('一', '核对条号', [read]), fact('二', '核对名目', [none]), fact('三', '核对条号', [read]), fact('四', '核对条号', [none])])
    expect(all.map(({ note, sources, facts }) => [note, sources, facts.map(({ number, fact: { label } }) => `${number} ${label}`)])).toEqual([
      ['核对条号', '某办法', ['1 一', '2 三']],
      ['核对名目', '', ['3 二']],
      ['核对条号', '', ['4 四']],
    ])
  })
  it('name no source that is none', () => expect(sourcesOf(fact('一', '', [read, none, { key: 'P', title: '建议值', kind: 'proposal' }]))).toBe('某办法'))
  it('are taken away as a table, with quotes that a spreadsheet understands', () => {
    const [head, line] = csvOf([fact('“主要负责人”"证明"', '核对,名目')]).split('\r\n')
    expect(head).toContain('"要核对的"')
    expect(line).toBe('"1","甲","申请材料","“主要负责人”""证明""","核对,名目",""')
  })
})

it('clauses stand under their statutes', () => {
  expect(gathered([{ statute: 'a', article: '第一条' }, { statute: 'b', article: '第九条' }, { statute: 'a', article: '第三条' }])).toEqual([{ statute: 'a', articles: '第一条、第三条' }, { statute: 'b', articles: '第九条' }])
})

describe('notes of rules', () => {
  it('stand once, and are numbered where there are several', () => {
    const { notes, numberOf } = footnotes([{ mark: 'unconfirmed', note: 'a' }, { mark: 'confirmed', note: 'x' }, { mark: 'unconfirmed', note: 'b' }, { mark: 'unconfirmed', note: 'a' }])
    expect([notes, numberOf('a'), numberOf('b'), numberOf(null)]).toEqual([['a', 'b'], '1', '2', ''])
    expect(footnotes([{ mark: 'unconfirmed', note: 'a' }]).numberOf('a')).toBe('')
  })
})

it('matters stand under their industries', () => {
  const matters = [{ industry_name: '煤矿', key: 1 }, { industry_name: '烟花爆竹', key: 2 }, { industry_name: '煤矿', key: 3 }]
  expect(byIndustry(matters).map(({ name, matters: own }) => [name, own.map(({ key }) => key)])).toEqual([['煤矿', [1, 3]], ['烟花爆竹', [2]]])
})
