import { describe, expect, it } from 'vitest'
import { following, lacking, promise, promiseOf, promisedOf } from '@/features/applications/deferral'
import { byCondition } from '@/features/applications/officer'
import { changesOf, factsOf, isDirect, routeOf } from '@/features/applications/subject'

type Seen = Parameters<typeof following>[0]
const paper = (key: string, files = 0, applies = true): Seen['materials'][number] =>
  ({ key, name: key, applies, online: false, files: Array.from({ length: files }, () => ({})) }) as unknown as Seen['materials'][number]
const seen = (materials: Seen['materials'], promised: string[], deferral?: object): Seen => ({ materials, form: { deferral: { materials: promised } }, deferral: deferral as Seen['deferral'] }) as Seen

describe('papers that follow', () => {
  it('are promised by nobody who names none', () => {
    expect(promiseOf({ materials: [], signatory: 'x', signed: true })).toBeNull()
    expect(promiseOf(promisedOf({ deferral: { materials: ['a'], signatory: ' Li ', signed: true } }))).toEqual({ materials: ['a'], signatory: 'Li', signed: true })
  })
  it('are another commitment when the list changes', () => {
    const before = { materials: ['a'], signatory: 'Li', signed: true }
    expect(promise(before, 'b', true)).toEqual({ materials: ['a', 'b'], signatory: 'Li', signed: false })
    expect(promise(before, 'a', false)).toEqual({ materials: [], signatory: 'Li', signed: false })
  })
  it('are told from those that are lacking', () => {
    const application = seen([paper('a'), paper('b'), paper('c', 1), paper('d', 0, false)], ['a', 'c'])
    expect(following(application).map(({ key }) => key)).toEqual(['a'])
    expect(lacking(application).map(({ key }) => key)).toEqual(['b'])
  })
  it('do not follow any more once the commitment is broken', () => {
    const broken = seen([paper('a')], ['a'], { materials: ['a'], outstanding: ['a'], commitment: { state: 'broken' } })
    expect(following(broken)).toEqual([])
    expect(lacking(broken).map(({ key }) => key)).toEqual(['a'])
  })
})

describe('what is asked for about a licence', () => {
  const change = { kind: 'change', occurred_on: '2026-11-01', items: [{ item: 'name', from: 'old', to: 'new' }, { item: 'scope', from: ['a'], to: ['a', 'b'] }] } as const
  it('is shown before and after', () => {
    expect(changesOf({ ...change, items: [...change.items] } as never).map(({ from, to }) => [from, to])).toEqual([['old', 'new'], ['a', 'a；b']])
    expect(changesOf({ kind: 'first_issue' })).toEqual([])
  })
  it('is told with the words of its conditions', () => {
    const renewal = { kind: 'renewal', direct: true, declared: ['law'] } as const
    expect(isDirect({ subject: { ...renewal, declared: [...renewal.declared] } })).toBe(true)
    expect(factsOf({ ...renewal, declared: [...renewal.declared] }, new Map([['law', 'words']])).map(({ value }) => value)).toContain('words')
  })
  it('goes through the stages that concern it', () => {
    const matter = { definition: { stages: [{ key: 'parallel_review' }, { key: 'first_review', only_for: ['scope'] }, { key: 'decision' }], existing: { direct: { skips: ['parallel_review'] } } } } as never
    const name = { subject: { kind: 'change', items: [{ item: 'name', from: '', to: 'x' }] }, direct: false } as never
    expect([...routeOf(name, matter)]).toEqual(['parallel_review', 'decision'])
    expect([...routeOf({ subject: { kind: 'renewal', direct: true }, direct: true } as never, matter)]).toEqual(['decision'])
  })
})

it('findings stand under their condition, each once', () => {
  const review = (department_name: string, keys: string[], findings?: object[]) => ({ department_name, conditions: keys.map((key) => ({ key, text: key, clauses: [] })), findings })
  const judged = byCondition([review('A', ['x', 'y'], [{ condition: 'x', met: 'met', text: '' }]), review('B', ['x'])] as never)
  expect(judged.map(({ key, findings }) => [key, findings.map(({ department }) => department)])).toEqual([['x', ['A']], ['y', []]])
})
