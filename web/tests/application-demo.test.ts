import { describe, expect, it } from 'vitest'
import { nextLogins } from '@/features/applications/demo'

type Application = Parameters<typeof nextLogins>[0]
const at = (state: string, lead = 'emergency', more: object = {}): Application => ({ state, lead: { key: lead }, reviews: [], delivery: null, ...more }) as unknown as Application

describe('who goes on in a demo', () => {
  it('is the officer of the body that leads', () => {
    expect(nextLogins(at('submitted'))).toEqual(['clerk'])
    expect(nextLogins(at('deciding', 'housing'))).toEqual(['approver.housing'])
  })
  it('is every department that has not answered', () => {
    const reviews = [{ department: 'housing', progress: 'passed' }, { department: 'human_resources', progress: 'reviewing' }, { department: 'emergency', progress: 'reviewing' }]
    expect(nextLogins(at('in_review', 'housing', { reviews }))).toEqual(['labour', 'reviewer'])
  })
  it('is nobody when it has ended or the applicant has to act', () => {
    expect(nextLogins(at('granted', 'industry'))).toEqual(['clerk.industry'])
    expect(nextLogins(at('granted', 'industry', { delivery: {} }))).toEqual([])
    expect(['draft', 'correcting', 'withdrawn'].flatMap((state) => nextLogins(at(state)))).toEqual([])
  })
})
