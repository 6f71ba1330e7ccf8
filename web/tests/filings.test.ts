import { describe, expect, it } from 'vitest'
import type { Filing, Matter } from '@/features/filings/api'
import { awaited, facts, standing, steps } from '@/features/filings/filings'
import { grouped, measuresOf, openDamage, openLoss, statement, untilNote, yearsFrom, type Duty, type FilingRow, type Licence } from '@/features/licences/desk'
import { asked, blanks, starts } from '@/shared/lib/act'

const person = { name: '甲' }
const at = '2026-11-22T08:00:00Z'
const recall = (more: object = {}): Matter => ({ kind: 'recall', reason: '吊销', revision: 1, due: '2026-12-02', returned: null, destruction: null, ...more }) as Matter
const filing = (matter: Matter, due: string | null = null): Filing => ({ matter, at, by: '甲', due_on: due }) as Filing
const TODAY = '2026-11-22'
const damage = (disaster: boolean, more: object = {}): Matter =>
  ({ kind: 'damage', happened_at: at, cause: '暴雨', disaster, report_due: at, in_time: true, exchange: { due: at, begun_at: null, application: null }, stand_in: null, ...more }) as Matter

describe('filings', () => {
  it('a recall goes from return over destruction to its witness', () => {
    const returned = { on: '2026-11-23', papers: '正本', by: person }
    const destruction = { method: '粉碎', by: person, at, witness: null }
    const all = [recall(), recall({ returned }), recall({ returned, destruction }), recall({ returned, destruction: { ...destruction, witness: { by: person, at } } })]
    expect(all.map((one) => standing(filing(one), TODAY).name)).toEqual(['待交回', '待销毁', '待监销', '已销毁'])
    expect(all.map((one) => steps(filing(one), TODAY).map(({ state }) => state).join(' '))).toEqual(['done now ahead ahead', 'done done now ahead', 'done done done now', 'done done done done'])
  })
  it('a loss is public until its last day', () => {
    const loss = (more: object = {}): Matter => ({ kind: 'loss', on: '2026-11-20', circumstances: '搬迁时遗失', notice_from: TODAY, notice_until: '2026-11-24', application: null, found_on: null, ...more }) as Matter
    expect([standing(filing(loss()), TODAY).name, standing(filing(loss()), '2026-11-25').name, standing(filing(loss({ found_on: TODAY })), TODAY).name]).toEqual(['公告中', '公告期满', '已找回'])
    expect(facts(loss()).map(({ value }) => value)).toContain('2026年11月22日至2026年11月24日')
    expect(openLoss([{ id: 'a', matter: loss({ found_on: TODAY }) }, { id: 'b', matter: loss() }] as FilingRow[])?.id).toBe('b')
  })
  it('damage by a disaster may get a stand-in', () => {
    expect(steps(filing(damage(true)), TODAY).map(({ name }) => name)).toEqual(['损毁', '报告', '启动换证', '应急使用许可证'])
    expect(steps(filing(damage(false)), TODAY)).toHaveLength(3)
    // One that was issued is done, and stands before what is still owed.
    expect(steps(filing(damage(true, { stand_in: 's' })), TODAY).map(({ name, state }) => `${name} ${state}`)).toEqual(['损毁 done', '报告 done', '应急使用许可证 done', '启动换证 now'])
  })
  it('what is owed past its last day is late, in the list, in the steps and in words', () => {
    const owed = (due: string): Filing => filing(damage(false), due)
    expect([standing(owed(TODAY), TODAY), standing(owed('2026-11-21'), TODAY)]).toEqual([{ name: '待启动换证', tone: 'soon' }, { name: '逾期未启动换证', tone: 'late' }])
    expect([steps(owed(TODAY), TODAY)[2]?.state, steps(owed('2026-11-21'), TODAY)[2]?.state]).toEqual(['now', 'late'])
    expect([awaited(owed(TODAY), TODAY).said, awaited(owed('2026-11-21'), TODAY).said]).toEqual(['等待持证单位启动换证（2026年11月22日前）。', '持证单位应当在2026年11月21日前启动换证，已经逾期。'])
  })
  it('says for whom it waits', () => {
    const returned = { on: '2026-11-23', papers: '正本', by: person }
    expect([recall(), recall({ returned }), recall({ returned, destruction: { method: '粉碎', by: person, at, witness: { by: person, at } } })].map((one) => awaited(filing(one), TODAY).by)).toEqual(['holder', 'authority', 'nobody'])
  })
})

describe('a licence as the authority sees it', () => {
  const licence = (more: object): Licence => ({ status: 'valid', valid_from: '2026-01-01', valid_until: '2026-12-22', standing: null, allowed_actions: [], ...more }) as unknown as Licence
  it('says plainly how it stands', () => {
    expect(statement(licence({}), TODAY)).toEqual({ tone: 'fine', line: '有效期至2026年12月22日，还有 30 天。' })
    expect(statement(licence({ status: 'suspended', standing: { since: '2026-11-01', until: '2026-12-01' } }), TODAY).line).toContain('2026年12月1日')
    expect(statement(licence({ status: 'revoked', standing: { since: '2026-11-01' } }), TODAY)).toEqual({ tone: 'late', line: '2026年11月1日吊销，不再有效。' })
    expect(statement(licence({ status: null, void_reason: '重号' }), TODAY).line).toBe('编号已作废：重号')
    expect(statement(licence({ status: 'replaced', standing: { since: TODAY, replaced_by: '赣-1' } }), TODAY).line).toContain('赣-1')
  })
  it('counts the days only of what still runs', () => {
    const note = (more: object): string => untilNote(licence(more), TODAY)
    expect([note({}), note({ status: 'expired', valid_until: '2026-11-12' }), note({ status: 'not_yet_valid', valid_from: '2026-12-26' })]).toEqual(['剩 30 天', '已过期 10 天', '2026年12月26日起生效'])
    expect([note({ status: 'revoked', standing: { since: '2026-11-18' } }), note({ status: 'suspended', standing: { since: '2026-11-18' } }), note({ status: null })]).toEqual(['2026年11月18日吊销', '2026年11月18日暂扣', ''])
  })
  it('tells of a damaged paper until another is made', () => {
    const rows = (more: object = {}, due = '2026-11-24'): FilingRow[] => [{ id: 'd', at, due_on: due, matter: damage(true, more) }] as FilingRow[]
    const paper = (...on: string[]) => ({ past: on.map((replaced_on) => ({ replaced_on })) }) as Pick<Licence, 'past'>
    expect(openDamage(rows(), paper('2026-01-01'), TODAY)).toMatchObject({ id: 'd', due: at, late: false })
    expect(openDamage(rows({ stand_in: 's' }, '2026-11-20'), paper(), TODAY)).toMatchObject({ late: true, standIn: 's' })
    expect(openDamage(rows({ exchange: { due: at, begun_at: at, application: null } }), paper(), TODAY)).toMatchObject({ due: undefined, late: false })
    expect(openDamage(rows(), paper(TODAY), TODAY)).toBeUndefined()
  })
  it('offers the measures that the server allows, in order', () => {
    expect(measuresOf(licence({ allowed_actions: ['case.cancellation', 'hand_over', 'case.suspension'] }))).toEqual(['suspension', 'cancellation'])
  })
  it('lists duties by how they stand: missed, to come, done', () => {
    const duty = (state: Duty['state'], due: string): Duty => ({ state, due }) as Duty
    const all = grouped([duty('done', '2026-01-01'), duty('due', '2027-01-01'), duty('due', '2026-12-01'), duty('done_late', '2026-02-01')], TODAY)
    expect(all.map(({ key, rows }) => [key, rows.map(({ due }) => due)])).toEqual([['near', ['2026-12-01']], ['later', ['2027-01-01']], ['done', ['2026-02-01', '2026-01-01']]])
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
