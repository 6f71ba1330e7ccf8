import { describe, expect, it } from 'vitest'
import type { Duty, PublishedList, Review } from '@/features/lists/api'
import { comparedWith, compare, counted, onlyMoved, quartersUpTo } from '@/features/lists/changes'
import { basisText, isLiability, numbered } from '@/features/lists/duties'
import { blank, draftOf, faults, moved, proposalOf } from '@/features/lists/proposal'

const duty = (name: string, text = name, more: Partial<Duty> = {}): Duty => ({ name, text, ...more })
const list = (number: number, ...duties: Duty[]): PublishedList => ({ number, effective_from: '2026-01-01', duties })

describe('what became of a responsibility list', () => {
  it('is told line by line, what was taken out last', () => {
    const changes = compare([duty('受理', 'a'), duty('审查', 'b'), duty('送达', 'c')], [duty('受理', 'a'), duty('审查', 'B'), duty('公示', 'd')])
    expect(changes.map(({ kind, members }) => [kind, members.join()])).toEqual([
      ['same', ''],
      ['changed', 'text'],
      ['added', ''],
      ['removed', ''],
    ])
    expect(counted(changes)).toEqual({ same: 1, changed: 1, added: 1, removed: 1 })
  })
  it('knows a renamed line again by its text', () => {
    expect(compare([duty('受理', 'a')], [duty('受理责任', 'a')])).toMatchObject([{ kind: 'changed', members: ['name'] }])
  })
  it('does not mistake one line for two', () => {
    const kinds = compare([duty('甲', 'x')], [duty('甲', 'y'), duty('乙', 'x')]).map(({ kind }) => kind)
    expect(kinds).toEqual(['changed', 'added'])
  })
  it('sees no change in spaces and in a basis that nobody gave', () => {
    expect(compare([duty('甲', 'x', { basis: '' })], [duty(' 甲', 'x ')])[0]?.kind).toBe('same')
  })
  it('tells when only the order is another', () => {
    const [one, two] = [duty('甲'), duty('乙')]
    expect(onlyMoved([one, two], [two, one])).toBe(true)
    expect(onlyMoved([one, two], [one, two])).toBe(false)
    expect(onlyMoved([one, two], [two])).toBe(false)
  })
  it('is read against the list that stood before', () => {
    const current = list(2, duty('c'))
    const versions = [current, list(1, duty('b')), list(0, duty('a'))]
    const of = (change: object): string | undefined => comparedWith(change as Review, { current, versions })[0]?.name
    expect([of({ state: 'proposed' }), of({ state: 'approved', number: 2 }), of({ state: 'approved', number: 1 }), of({ state: 'approved', number: null })]).toEqual(['c', 'b', 'a', 'c'])
  })
  it('is asked for by quarter', () => {
    expect(quartersUpTo('2027Q1', 3)).toEqual(['2027Q1', '2026Q4', '2026Q3'])
  })
})

describe('a proposal', () => {
  const draft = draftOf([duty('受理', 'a'), duty('审查', 'b')])
  it('begins with the list in force, and says so when it leaves it as it is', () => {
    expect(proposalOf('coal.renewal', { ...draft, kind: 'unchanged', findings: ' 没有投诉 ' })).toEqual({
      matter: 'coal.renewal',
      evidence: { complaints: 0, enforcement_cases: 0, findings: '没有投诉' },
      change: { kind: 'unchanged' },
    })
  })
  it('sends the whole new list without what only the screen needs', () => {
    const { change } = proposalOf('coal.renewal', { ...draft, kind: 'changed', lines: moved(draft.lines, 1, -1) })
    expect(change).toEqual({ kind: 'changed', duties: [{ name: '审查', text: 'b', basis: '', liability: '' }, { name: '受理', text: 'a', basis: '', liability: '' }] })
  })
  it('moves no line over the end', () => {
    expect(moved(draft.lines, 0, -1)).toEqual(draft.lines)
    expect(moved(draft.lines, 1, 1)).toEqual(draft.lines)
  })
  it('gives every new line a key of its own', () => {
    expect(blank(draft.lines).key).toBe(2)
    expect(blank([]).key).toBe(0)
  })
  it('tells what the server could not read', () => {
    expect(faults({ ...draft, complaints: '三', cases: '-1' }).map(({ field }) => field)).toEqual(['evidence.complaints', 'evidence.enforcement_cases', 'change.kind'])
    expect(faults({ ...draft, cases: '9999999999', kind: 'unchanged' }).map(({ field }) => field)).toEqual(['evidence.enforcement_cases'])
    expect(faults({ ...draft, complaints: '12', kind: 'changed' })).toEqual([])
  })
})

describe('a list as it is read', () => {
  it('names a law once for all clauses of it, and again after another', () => {
    expect(basisText('《甲法》第一条、《甲法》第三条、《乙法》第二条、《甲法》第九条')).toBe('《甲法》第一条、第三条、《乙法》第二条、《甲法》第九条')
  })
  it('tells what staff answer for from what they have to do', () => {
    expect([{ name: '追责情形3', text: 'a', liability: 'a' }, { name: '受理责任', text: 'a', liability: '' }, { name: '受理责任', text: 'a', liability: 'b' }].map(isLiability)).toEqual([true, false, false])
    expect([{ name: '追责情形3', text: 'a', liability: 'a' }, { name: '推诿', text: 'a', liability: 'a' }].map(numbered)).toEqual([true, false])
  })
})
