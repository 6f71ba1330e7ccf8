import { describe, expect, it } from 'vitest'
import type { Filing, Matter } from '@/features/filings/api'
import { facts, standing, steps } from '@/features/filings/filings'
import { grouped, measuresOf, openLoss, statement, yearsFrom, type Duty, type FilingRow, type Licence } from '@/features/licences/desk'
import { asked, blanks, starts } from '@/shared/lib/act'

const person = { name: '甲' }
const at = '2026-11-22T08:00:00Z'
const recall = (more: object = {}): Matter => ({ kind: 'recall', reason: '吊销', revision: 1, due: '2026-12-02', returned: null, destruction: null, ...more }) as Matter
const filing = (matter: Matter): Filing => ({ matter, at, by: '甲' }) as Filing
const TODAY = '2026-11-22'

describe('filings', () => {
  it('a recall goes from return over destruction to its witness', () => {
    const returned = { on: '2026-11-23', papers: '正本', by: person }
    const destruction = { method: '粉碎', by: person, at, witness: null }
    const all = [recall(), recall({ returned }), recall({ returned, destruction }), recall({ returned, destruction: { ...destruction, witness: { by: person, at } } })]
    expect(all.map((one) => standing(one, TODAY).name)).toEqual(['待交回', '待销毁', '待监销', '已销毁'])
    expect(all.map((one) => steps(filing(one)).map(({ state }) => state).join(' '))).toEqual(['done now ahead ahead', 'done done now ahead', 'done done done now', 'done done done done'])
  })
  it('a loss is public until its last day', () => {
    const loss = (more: object = {}): Matter => ({ kind: 'loss', on: '2026-11-20', circumstances: '搬迁时遗失', notice_from: TODAY, notice_until: '2026-11-24', application: null, found_on: null, ...more }) as Matter
    expect([standing(loss(), TODAY).name, standing(loss(), '2026-11-25').name, standing(loss({ found_on: TODAY }), TODAY).name]).toEqual(['公告中', '公告期满', '已找回'])
    expect(facts(loss()).map(({ value }) => value)).toContain('2026年11月22日 至 2026年11月24日')
    expect(openLoss([{ id: 'a', matter: loss({ found_on: TODAY }) }, { id: 'b', matter: loss() }] as FilingRow[])?.id).toBe('b')
  })
  it('damage by a disaster may get a stand-in', () => {
    const damage = (disaster: boolean): Matter => ({ kind: 'damage', happened_at: at, cause: '暴雨', disaster, report_due: at, in_time: true, exchange: { due: at, begun_at: null, application: null }, stand_in: null }) as Matter
    expect(steps(filing(damage(true))).map(({ name }) => name)).toEqual(['损毁', '报告', '启动换证', '应急使用许可证'])
    expect(steps(filing(damage(false)))).toHaveLength(3)
  })
})

describe('a licence as the authority sees it', () => {
  const licence = (more: object): Licence => ({ status: 'valid', valid_from: '2026-01-01', valid_until: '2026-12-22', standing: null, allowed_actions: [], ...more }) as unknown as Licence
  it('says plainly how it stands', () => {
    expect(statement(licence({}), TODAY)).toEqual({ tone: 'fine', line: '有效，到 2026年12月22日 为止，还有 30 天。' })
    expect(statement(licence({ status: 'suspended', standing: { since: '2026-11-01', until: '2026-12-01' } }), TODAY).line).toContain('2026年12月1日')
    expect(statement(licence({ status: 'revoked', standing: { since: '2026-11-01' } }), TODAY)).toEqual({ tone: 'late', line: '2026年11月1日 吊销，不再有效。' })
    expect(statement(licence({ status: null, void_reason: '重号' }), TODAY).line).toBe('编号已作废：重号')
    expect(statement(licence({ status: 'replaced', standing: { since: TODAY, replaced_by: '赣-1' } }), TODAY).line).toContain('赣-1')
  })
  it('offers the measures that the server allows, in order', () => {
    expect(measuresOf(licence({ allowed_actions: ['case.cancellation', 'hand_over', 'case.suspension'] }))).toEqual(['suspension', 'cancellation'])
  })
  it('lists duties by how they stand: missed, to come, done', () => {
    const duty = (state: Duty['state'], due: string): Duty => ({ state, due }) as Duty
    const all = grouped([duty('done', '2026-01-01'), duty('due', '2027-01-01'), duty('due', '2026-12-01'), duty('done_late', '2026-02-01')])
    expect(all.map(({ key, rows }) => [key, rows.map(({ due }) => due)])).toEqual([['due', ['2026-12-01', '2027-01-01']], ['done', ['2026-02-01', '2026-01-01']]])
  })
  it('counts years over the 29th of February', () => {
    expect([yearsFrom('2028-02-29', 1), yearsFrom('2026-11-22', -1)]).toEqual(['2029-03-01', '2025-11-22'])
  })
})

describe('questions of an act', () => {
  const questions = [{ name: 'a', label: '甲' }, { name: 'b', label: '乙', kind: 'select' as const, when: (values: Record<string, string>) => values.a === 'x' }, { name: 'c', label: '丙', optional: true, start: '1' }]
  it('begin with what is given, and are asked only where they apply', () => {
    expect(starts(questions)).toEqual({ a: '', b: '', c: '1' })
    expect(asked(questions, { a: '' }).map(({ name }) => name)).toEqual(['a', 'c'])
  })
  it('tell what was left blank', () => {
    expect(blanks(questions, { a: ' ', b: '', c: '' })).toEqual([{ field: 'a', message: '请填写甲' }])
    expect(blanks(questions, { a: 'x', b: '', c: '' })).toEqual([{ field: 'b', message: '请选择乙' }])
  })
})
