import type { Schema } from '@/api/client'

type Application = Pick<Schema<'ApplicationView'>, 'state' | 'lead' | 'reviews' | 'delivery'>

/** Who reviews for a department in a demo. */
const REVIEWERS: Readonly<Record<string, string>> = {
  emergency: 'reviewer', housing: 'housing', industry: 'industry', fire: 'fire', public_security: 'police', ecology: 'ecology',
  natural_resources: 'resources', market_regulation: 'market', human_resources: 'labour', health: 'health', meteorology: 'weather',
  civil_defence: 'defence', transport: 'transport', water: 'water', energy: 'energy',
}
const OFFICERS = { submitted: 'clerk', first_review: 'first', second_review: 'second', deciding: 'approver', granted: 'clerk', refused: 'clerk' } as const

/** The accounts of a demo that go on with an application: whoever plays all of them need not search for the next one. */
export function nextLogins({ state, lead, reviews, delivery }: Application): string[] {
  if (state === 'in_review') {
    const waiting = reviews.filter(({ progress }) => progress === 'reviewing')
    return waiting.flatMap(({ department }) => REVIEWERS[department] ?? [])
  }
  if (!(state in OFFICERS) || delivery) return []
  const officer = OFFICERS[state as keyof typeof OFFICERS]
  return [lead.key === 'emergency' ? officer : `${officer}.${lead.key}`]
}
