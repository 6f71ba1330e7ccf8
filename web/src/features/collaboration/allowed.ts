import type { Me } from '@/shared/lib/feature'
import { may } from '@/shared/lib/feature'
import type { Letter, Rectification, Referral } from './api'

/** What a person may do with a letter, a problem or a referral. */
export type Move = 'receive' | 'report' | 'close' | 'answer'

/** What the server said, where it says so. */
const told = (one: object): readonly string[] | undefined => (one as { allowed_actions?: string[] }).allowed_actions

const own = (me: Me, department: string): boolean => me.scope.department === department

/** The server judges every act again; this only decides which buttons are there. */
export const letterMoves = (one: Letter, me: Me): Move[] =>
  moves(one, ['receive']) ?? (one.sent_at && !one.received && may(me, 'collaboration:act') && own(me, one.addressee.key) ? ['receive'] : [])

export function rectificationMoves(one: Rectification, me: Me): Move[] {
  const found = moves(one, ['report', 'close'])
  if (found) return found
  if (one.state === 'open' && may(me, 'collaboration:act') && own(me, one.department.key)) return ['report']
  return one.state === 'reported' && may(me, 'collaboration:convene') && own(me, one.convener.key) ? ['close'] : []
}

export function referralMoves(one: Referral, me: Me): Move[] {
  const found = moves(one, ['receive', 'answer'])
  if (found) return found
  if (!may(me, 'collaboration:act') || !own(me, one.addressee.key)) return []
  return one.state === 'sent' ? ['receive'] : one.state === 'received' ? ['answer'] : []
}

function moves(one: object, known: Move[]): Move[] | undefined {
  const said = told(one)
  return said && known.filter((move) => said.includes(move))
}
