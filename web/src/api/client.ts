import createClient from 'openapi-fetch'
import { ProblemError, readProblem } from './problem'
import type { components, paths } from './schema'
import { attempt, send } from './transport'

/** The server's interface, typed by its own document. Take its answers through {@link call}. */
export const api = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin', fetch: send })

/** The same, for who wants to hear of a session that has ended instead of having it renewed. */
export const bare = createClient<paths>({ baseUrl: location.origin, credentials: 'same-origin', fetch: attempt })

/** Types of the server by name. */
export type Schema<Name extends keyof components['schemas']> = components['schemas'][Name]

interface Answer<Data> {
  data?: Data
  error?: unknown
  response: Response
}

/** The data of an answer, or a {@link ProblemError}. */
export async function call<Data>(answer: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await answer
  if (error !== undefined || !response.ok) throw new ProblemError(readProblem(response.status, error))
  return data as Data
}

/** Header of an edit: refused when somebody else has changed the thing since. */
export const ifMatch = (version: number): { 'If-Match': string } => ({ 'If-Match': `"${version}"` })

/** Header of an act that must not happen twice. A form keeps its key until it has been answered (see `useForm`). */
export const once = (key: string): { 'Idempotency-Key': string } => ({ 'Idempotency-Key': key })
