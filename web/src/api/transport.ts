import { kinds, offline, ProblemError, type Problem, readProblem } from './problem'

/** Answers that a busy or restarting server gives; the same request may be sent again. */
const AGAIN = new Set([502, 503, 504])
const TRIES = 3

/**
 * Called when the session has ended. It resolves once the person has logged in again, so that the request that was under
 * way can go on, and rejects when the person gives up.
 */
type Renewal = () => Promise<void>

let renew: Renewal = () => Promise.reject(new ProblemError(offline()))

/** The session store tells how a session is renewed. */
export function onSessionEnd(renewal: Renewal): void {
  renew = renewal
}

/** For whoever speaks HTTP without `fetch`, such as uploads. */
export const renewSession = (): Promise<void> => renew()

/** A random key, also where the page came over plain HTTP and `randomUUID` does not exist. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** A GET changes nothing, and a POST with its key acts once however often it arrives. */
const mayRepeat = (request: Request): boolean => request.method === 'GET' || request.headers.has('idempotency-key')

/** Waits 0.4 s, 1.2 s, … and less long when the network comes back. */
function pause(tried: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      clearTimeout(timer)
      window.removeEventListener('online', done)
      signal.removeEventListener('abort', aborted)
      resolve()
    }
    const aborted = (): void => {
      clearTimeout(timer)
      window.removeEventListener('online', done)
      reject(signal.reason)
    }
    const timer = setTimeout(done, 400 * 3 ** tried)
    window.addEventListener('online', done)
    signal.addEventListener('abort', aborted)
  })
}

/** Sends a request, again when the network fails. Who asks whether anybody is logged in uses this alone. */
export async function attempt(request: Request): Promise<Response> {
  for (let tried = 0; ; tried += 1) {
    const last = tried + 1 >= TRIES || !mayRepeat(request)
    try {
      const response = await fetch(request.clone())
      if (last || !AGAIN.has(response.status)) return response
    } catch (error) {
      if (request.signal.aborted) throw error
      if (last) throw new ProblemError(offline())
    }
    await pause(tried, request.signal)
  }
}

/** Whether this answer says that the session has ended, and not, say, that a code was wrong. */
async function sessionEnded(response: Response): Promise<boolean> {
  if (response.status !== 401) return false
  const body = (await response.clone().json().catch(() => null)) as { type?: string } | null
  return body?.type === kinds.unauthenticated
}

/** Sends a request: again when the network fails, and after a new login when the session has ended. */
export async function send(request: Request): Promise<Response> {
  if (request.method === 'POST' && !request.headers.has('idempotency-key')) {
    request.headers.set('idempotency-key', randomKey())
  }
  const response = await attempt(request)
  if (!(await sessionEnded(response))) return response
  await renew()
  return attempt(request)
}

/** The problem of an answer. */
export async function problemOf(response: Response): Promise<Problem> {
  return readProblem(response.status, await response.json().catch(() => null))
}
