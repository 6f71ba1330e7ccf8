import { computed, onScopeDispose, reactive, type ComputedRef } from 'vue'
import { asProblem, isAbort } from '@/api/problem'
import { randomKey } from '@/api/transport'
import { upload } from '@/api/upload'

/** A file on its way. */
export interface Queued {
  id: string
  file: File
  state: 'waiting' | 'sending' | 'done' | 'failed'
  /** Share that has been sent, 0 to 1. */
  share: number
  /** Why it failed. */
  message: string
  /** Whether trying again can help. */
  again: boolean
}

interface Options<Answer> {
  url: () => string
  /** Why a file need not be sent at all. */
  check: (file: File) => string | null
  done: (answer: Answer, file: File) => void
}

export interface Uploads {
  queue: ComputedRef<Queued[]>
  add: (files: File[]) => void
  retry: (id: string) => void
  remove: (id: string) => void
}

/**
 * A queue of files, sent one at a time: acts on one thing must not overtake each other. Each file keeps its key over
 * retries, so that it arrives once even where an answer was lost. A network that comes back starts what had failed.
 */
export function useUploads<Answer>({ url, check, done }: Options<Answer>): Uploads {
  const entries = reactive<Queued[]>([])
  const aborts = new Map<string, AbortController>()
  let working = false

  async function sendOne(entry: Queued): Promise<void> {
    const abort = new AbortController()
    aborts.set(entry.id, abort)
    entry.state = 'sending'
    entry.share = 0
    try {
      const answer = await upload<Answer>({
        url: url(),
        file: entry.file,
        key: entry.id,
        signal: abort.signal,
        onProgress: (share) => {
          entry.share = share
        },
      })
      entry.state = 'done'
      done(answer, entry.file)
    } catch (error) {
      if (isAbort(error)) return
      const problem = asProblem(error)
      entry.state = 'failed'
      entry.message = problem.detail || problem.title
      // What the server looked at and refused stays refused; what did not arrive may arrive yet.
      entry.again = problem.status === 0 || problem.status === 408 || problem.status === 409 || problem.status >= 500
    } finally {
      aborts.delete(entry.id)
    }
  }

  async function work(): Promise<void> {
    if (working) return
    working = true
    for (;;) {
      const next = entries.find((entry) => entry.state === 'waiting')
      if (!next) break
      await sendOne(next)
    }
    working = false
  }

  function retry(id: string): void {
    const entry = entries.find((one) => one.id === id)
    if (entry?.state !== 'failed' || !entry.again) return
    entry.state = 'waiting'
    void work()
  }

  const online = (): void => {
    for (const entry of entries) if (entry.state === 'failed' && entry.again) retry(entry.id)
  }
  window.addEventListener('online', online)
  onScopeDispose(() => {
    window.removeEventListener('online', online)
    for (const abort of aborts.values()) abort.abort()
  })

  return {
    queue: computed(() => entries),
    add: (files) => {
      for (const file of files) {
        const refused = check(file)
        entries.push({ id: randomKey(), file, state: refused ? 'failed' : 'waiting', share: 0, message: refused ?? '', again: false })
      }
      void work()
    },
    retry,
    remove: (id) => {
      aborts.get(id)?.abort()
      const at = entries.findIndex((one) => one.id === id)
      if (at >= 0) entries.splice(at, 1)
    },
  }
}
