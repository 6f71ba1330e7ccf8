import { describe, expect, it } from 'vitest'
import type { Case } from '@/features/cases/api'
import { offered, path, tone, unserved, waits } from '@/features/cases/cases'
import { measureOf, possible, questionsOf, termsOf } from '@/features/cases/measures'

const person = { name: '甲' }
const served = { on: '2026-11-23', method: '直接送达', place: '住所', recipient: '乙', remark: '', by: person }
const paper = (kind: string, more: object = {}) => ({ id: kind, kind, title: kind, number: '1号', at: '2026-11-22T08:00:00Z', ready: true, sha256: null, service_due: '2026-12-04', served: null, ...more })
const file = (more: object = {}): Case =>
  ({
    state: 'investigating',
    measure: { kind: 'revocation' },
    opened_by: '甲',
    opened_at: '2026-11-22T08:00:00Z',
    needs_notice: true,
    findings: null,
    evidence: [],
    papers: [],
    notice: null,
    allowed_actions: [],
    ...more,
  }) as unknown as Case
const notice = (more: object = {}) => ({ hearing_right: true, plea_until: '2026-11-30', hearing_until: '2026-12-01', statements: [], hearing: null, ...more })
const found = { findings: { facts: '', violated: '', legal_basis: '', public_reason: '' }, evidence: [{}] }
const states = (one: Case): string => path(one).map(({ state }) => state).join(' ')

describe('the way of a case', () => {
  it('begins with evidence and findings', () => {
    expect(states(file())).toBe('done now ahead ahead ahead ahead ahead')
    expect(states(file(found))).toBe('done done now ahead ahead ahead ahead')
  })
  it('waits for the service of the notice, then for the holder’s voice', () => {
    expect(states(file({ ...found, state: 'noticed', papers: [paper('prior_notice')], notice: notice({ plea_until: null, hearing_until: null }) }))).toBe('done done now ahead ahead ahead ahead')
    const told = file({ ...found, state: 'noticed', papers: [paper('prior_notice', { served })], notice: notice() })
    expect(states(told)).toBe('done done done now ahead ahead ahead')
    expect(path(told)[3]?.note).toContain('12月1日')
  })
  it('passes over the notice where the law asks for none', () => {
    const one = file({ ...found, needs_notice: false, measure: { kind: 'cancellation', ground: 'expired' } })
    expect(states(one)).toBe('done done skipped skipped now ahead ahead')
  })
  it('ends with the service of the decision', () => {
    const decided = { ...found, state: 'decided', proposed_by: '甲', proposed_at: '2026-12-02T01:00:00Z', decided_by: '乙', decided_at: '2026-12-02T02:00:00Z', notice: notice({ statements: [{ kind: 'waiver' }] }) }
    const open = file({ ...decided, papers: [paper('prior_notice', { served }), paper('delivery_receipt', { service_due: null }), paper('revocation')] })
    expect(states(open)).toBe('done done done done done done now')
    expect(unserved(open).map(({ kind }) => kind)).toEqual(['revocation'])
    expect([tone(open), path(open)[3]?.note]).toEqual(['soon', '当事人放弃'])
    const closed = file({ ...decided, papers: [paper('prior_notice', { served }), paper('revocation', { served })] })
    expect(states(closed)).toBe('done done done done done done done')
    expect(tone(closed)).toBe('fine')
  })
  it('stops where it was closed', () => {
    expect(states(file({ state: 'closed' }))).toBe('done done ended ended ended ended ended')
  })
})

describe('what is offered', () => {
  it('is the next step first; findings that are there are mended where they stand', () => {
    expect(offered(file({ allowed_actions: ['add_evidence', 'find', 'close'] }))).toEqual({ main: 'find', others: ['add_evidence', 'close'] })
    expect(offered(file({ ...found, allowed_actions: ['add_evidence', 'find', 'give_notice', 'close'] }))).toEqual({ main: 'give_notice', others: ['add_evidence', 'close'] })
    expect(offered(file({ ...found, evidence: [], allowed_actions: ['add_evidence', 'find', 'close'] })).main).toBe('add_evidence')
    expect(offered(file({ ...found, allowed_actions: ['record_statement', 'close'] }))).toEqual({ main: null, others: ['record_statement', 'close'] })
  })
  it('waits only for those who can bring it on', () => {
    expect([waits(file({ allowed_actions: ['close'] })), waits(file({ allowed_actions: ['decide'] }))]).toEqual([false, true])
  })
})

describe('measures', () => {
  it('are those that the server allows', () => {
    expect(possible(['download', 'case.cancellation', 'case.suspension'])).toEqual(['suspension', 'cancellation'])
  })
  it('ask for their terms and are put together from them', () => {
    const rows = [{ key: 'a', name: '甲', least_days: 30, most_days: 60, industries: [], basis: [], mark: 'confirmed' as const }]
    const questions = questionsOf('suspension', rows, '2026-11-22')
    expect(questions.map(({ name, start }) => [name, start])).toEqual([['measure.case', 'a'], ['measure.from', '2026-11-22'], ['measure.until', ''], ['measure.conditions', '']])
    const measure = measureOf('suspension', { 'measure.kind': 'suspension', 'measure.case': 'a', 'measure.from': '2026-11-22', 'measure.until': '2026-12-30', 'measure.conditions': '整改' })
    expect(measure).toEqual({ kind: 'suspension', case: 'a', from: '2026-11-22', until: '2026-12-30', conditions: '整改' })
    expect(termsOf(measure, rows).map(({ value }) => value)).toEqual(['甲', '2026年11月22日至2026年12月30日', '整改'])
    expect(questionsOf('suspension', rows, '2026-11-22', measure)[2]?.start).toBe('2026-12-30')
    expect(measureOf('revocation', {})).toEqual({ kind: 'revocation' })
  })
})
