import { describe, expect, it } from 'vitest'
import { nextLogins } from '@/features/applications/demo'

type Application = Parameters<typeof nextLogins>[0]
type Account = Parameters<typeof nextLogins>[1][number]
const at = (state: string, lead = 'emergency', more: object = {}): Application => ({ state, lead: { key: lead }, reviews: [], delivery: null, ...more }) as unknown as Application
const account = (login: string, acts_as: Account['acts_as'], department: string | null): Account => ({ login, acts_as, department })
const accounts = [
  account('admin', 'administrator', null), account('clerk', 'window_clerk', 'emergency'), account('reviewer', 'department_reviewer', 'emergency'),
  account('approver.housing', 'approver', 'housing'), account('clerk.industry', 'window_clerk', 'industry'), account('labour', 'department_reviewer', 'human_resources'),
  account('housing', 'department_reviewer', 'housing'), account('ent.granted', null, null),
]
const next = (application: Application): string[] => nextLogins(application, accounts).map(({ login }) => login)

describe('who goes on in a demo', () => {
  it('is the officer of the body that leads', () => {
    expect(next(at('submitted'))).toEqual(['clerk'])
    expect(next(at('deciding', 'housing'))).toEqual(['approver.housing'])
  })
  it('is every department that has not answered', () => {
    const reviews = [{ department: 'housing', progress: 'passed' }, { department: 'human_resources', progress: 'reviewing' }, { department: 'emergency', progress: 'reviewing' }]
    expect(next(at('in_review', 'housing', { reviews }))).toEqual(['reviewer', 'labour'])
  })
  it('is nobody when it has ended or the applicant has to act', () => {
    expect(next(at('granted', 'industry'))).toEqual(['clerk.industry'])
    expect(next(at('granted', 'industry', { delivery: {} }))).toEqual([])
    expect(['draft', 'correcting', 'withdrawn'].flatMap((state) => next(at(state)))).toEqual([])
  })
})
