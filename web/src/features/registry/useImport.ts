import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { asProblem, type Problem } from '@/api/problem'
import { randomKey } from '@/api/transport'
import { upload } from '@/api/upload'
import type { Import } from './api'
import { handed } from './handed'

export interface ImportOptions {
  dry_run: boolean
  update: boolean
  default_region: string
}

export interface Sending {
  /** Share that has been sent, while something is sent. */
  share: Ref<number | null>
  problem: ShallowRef<Problem | null>
  /** Sends a file; the run that takes it, or nothing when it was refused. */
  send: (file: File, options: ImportOptions) => Promise<Import | undefined>
  stop: () => void
}

/** Sends a file for a check or an import. The same file with the same choice keeps its key, so that it is taken once. */
export function useImport(): Sending {
  const share = ref<number | null>(null)
  const problem = shallowRef<Problem | null>(null)
  let abort: AbortController | undefined
  let key = { of: '', is: '' }

  async function send(file: File, options: ImportOptions): Promise<Import | undefined> {
    const content = JSON.stringify([file.name, file.size, file.lastModified, options])
    if (key.of !== content) key = { of: content, is: randomKey() }
    abort = new AbortController()
    share.value = 0
    problem.value = null
    try {
      const run = await upload<Import>({
        url: '/api/v1/enterprise-imports',
        file,
        fields: { dry_run: String(options.dry_run), update: String(options.update), default_region: options.default_region },
        key: key.is,
        signal: abort.signal,
        onProgress: (sent) => (share.value = sent),
      })
      key = { of: '', is: '' }
      handed.keep(run.id, file, options)
      return run
    } catch (error) {
      if (!abort.signal.aborted) problem.value = asProblem(error)
      return undefined
    } finally {
      share.value = null
    }
  }
  return { share, problem, send, stop: () => abort?.abort() }
}
