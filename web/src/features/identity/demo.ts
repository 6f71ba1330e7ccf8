import type { Schema } from '@/api/client'

/** A colon parts where an account stands from what there is to do. */
const COLON = '\uff1a'

/** What a card of a demo account says: people of enterprises are told apart by where they stand, officers by what they are. */
export function cardOf({ end, role, task }: Pick<Schema<'DemoLogin'>, 'end' | 'role' | 'task'>): { title: string; facts: string[] } {
  if (end !== 'enterprise') return { title: role, facts: [task] }
  const at = task.indexOf(COLON)
  return at < 0 ? { title: task, facts: [role] } : { title: task.slice(0, at), facts: [role, task.slice(at + 1)] }
}
