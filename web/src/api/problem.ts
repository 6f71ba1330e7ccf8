import { shared as text } from '@/locales/zh-CN/shared'

/** One fault of what was sent, and how to mend it. */
export interface FieldFault {
  /** Path in the request body, such as `materials[2].name`. */
  field: string
  message: string
}

/** A problem as the server tells it (RFC 9457), in words for people. */
export interface Problem {
  /** `urn:anxu:problem:…`; of our own making where no answer came. */
  type: string
  status: number
  title: string
  detail: string
  fields: FieldFault[]
  /** Further members of the answer. */
  more: Record<string, unknown>
}

const urn = (slug: string): string => `urn:anxu:problem:${slug}`

/** What can be told apart by a page. Everything else is shown as it is. */
export const kinds = {
  unauthenticated: urn('unauthenticated'),
  secondFactor: urn('second-factor-required'),
  passwordChange: urn('password-change-required'),
  stale: urn('stale-version'),
  alreadyDone: urn('already-done'),
  offline: urn('offline'),
} as const

/** Thrown by every call of the client. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  constructor(readonly problem: Problem) {
    super(problem.title)
  }
}

/** A request was given up because its page was left; nobody needs to hear of it. */
export const isAbort = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError'

/** No answer came: nothing is known of the act. */
export function offline(): Problem {
  return { type: kinds.offline, status: 0, title: text.offline.title, detail: text.offline.detail, fields: [], more: {} }
}

/** Reads the body of an answer that is not a success. */
export function readProblem(status: number, body: unknown): Problem {
  if (typeof body !== 'object' || body === null || !('title' in body)) {
    return { type: 'about:blank', status, title: text.failed.title, detail: text.failed.detail(status), fields: [], more: {} }
  }
  const { type, title, detail, errors, ...more } = body as Record<string, unknown>
  delete more.status
  return {
    type: typeof type === 'string' ? type : 'about:blank',
    status,
    title: String(title),
    detail: typeof detail === 'string' ? detail : '',
    fields: Array.isArray(errors) ? errors.filter(isFault).map(({ field, message }) => ({ field, message })) : [],
    more,
  }
}

function isFault(value: unknown): value is FieldFault {
  return typeof value === 'object' && value !== null && 'field' in value && 'message' in value
}

/** Whatever was thrown, as a problem that can be shown. */
export function asProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem
  // A fault of the page itself: the console tells the developer, the person is told what to do.
  console.error(error)
  return { type: 'about:blank', status: 0, title: text.broken.title, detail: text.broken.detail, fields: [], more: {} }
}
