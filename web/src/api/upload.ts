import { kinds, offline, ProblemError, readProblem } from './problem'
import { randomKey, renewSession } from './transport'

export interface Upload {
  /** Where to, such as `/api/v1/applications/…/files`. */
  url: string
  file: File
  /** Name of the field in the form; `file` unless given. */
  field?: string
  /** Further fields of the form. */
  fields?: Record<string, string>
  /** Further headers, such as the version that is changed. */
  headers?: Record<string, string>
  /** Kept over retries, so that a file arrives once. */
  key?: string
  signal?: AbortSignal
  /** Share that has been sent, 0 to 1. */
  onProgress?: (share: number) => void
}

/** Sends a file. `fetch` cannot tell how much has been sent; this can. */
export async function upload<Data>(what: Upload): Promise<Data> {
  const key = what.key ?? randomKey()
  try {
    return await transfer<Data>(what, key)
  } catch (error) {
    if (!(error instanceof ProblemError) || error.problem.type !== kinds.unauthenticated) throw error
    await renewSession()
    return transfer<Data>(what, key)
  }
}

function transfer<Data>({ url, file, field = 'file', fields = {}, headers = {}, signal, onProgress }: Upload, key: string): Promise<Data> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const abort = (): void => request.abort()
    request.open('POST', url)
    request.setRequestHeader('Idempotency-Key', key)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.responseType = 'json'
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress?.(event.loaded / event.total)
    }
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as Data)
      else reject(new ProblemError(readProblem(request.status, request.response)))
    }
    request.onerror = () => reject(new ProblemError(offline()))
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'))
    request.onloadend = () => signal?.removeEventListener('abort', abort)
    signal?.addEventListener('abort', abort)
    const form = new FormData()
    for (const [name, value] of Object.entries(fields)) form.append(name, value)
    form.append(field, file)
    request.send(form)
  })
}
