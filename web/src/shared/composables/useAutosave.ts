import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { isAbort, kinds, ProblemError } from '@/api/problem'
import { kept } from '@/shared/lib/store'

/** Where the content stands. */
export type Saving = 'clean' | 'dirty' | 'saving' | 'saved' | 'local' | 'refused' | 'stale'

interface Local<Values> {
  at: string
  /** Version of the server's content on which it was written. */
  version: number
  values: Values
}

interface Options<Values extends object> {
  /** Names the draft on this machine; make it unique to account and thing. */
  key: string
  /** What is typed; watched deeply. */
  values: Values
  /** Version of the server's content; sent with the next edit. */
  version: Ref<number>
  /** Saves on the server and puts the new version into `version`. */
  save: (values: Values) => Promise<void>
  /** Milliseconds of rest after which is saved. */
  delay?: number
}

export interface Autosave<Values> {
  state: Ref<Saving>
  /** When the server had everything last. */
  savedAt: Ref<string | null>
  /** A draft on this machine that the server never got. Offer it, then `take` or `discard`. */
  found: ShallowRef<Local<Values> | null>
  take: () => void
  discard: () => void
  /** Saves now, and says whether the server has everything. */
  flush: () => Promise<boolean>
}

/** Saves by itself: at once on this machine, a moment later on the server, and again when the network is back. */
export function useAutosave<Values extends object>({ key, values, version, save, delay = 1200 }: Options<Values>): Autosave<Values> {
  const name = `draft.${key}`
  const state = ref<Saving>('clean')
  const savedAt = ref<string | null>(null)
  const found = shallowRef<Local<Values> | null>(kept.read<Local<Values>>(name))
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<boolean> | null = null
  let known = JSON.stringify(values)
  if (found.value && JSON.stringify(found.value.values) === known) found.value = null

  async function store(): Promise<boolean> {
    clearTimeout(timer)
    const content = JSON.stringify(values)
    if (content === known) return true
    state.value = 'saving'
    try {
      await save(JSON.parse(content) as Values)
    } catch (error) {
      if (isAbort(error)) return false
      if (!(error instanceof ProblemError)) throw error
      const { type, status } = error.problem
      state.value = type === kinds.stale ? 'stale' : status === 0 || status >= 500 ? 'local' : 'refused'
      return false
    }
    known = content
    savedAt.value = new Date().toISOString()
    if (JSON.stringify(values) !== known) return store()
    kept.remove(name)
    state.value = 'saved'
    return true
  }

  function flush(): Promise<boolean> {
    running ??= store().finally(() => {
      running = null
    })
    return running
  }

  watch(
    () => JSON.stringify(values),
    (content) => {
      if (content === known) return
      // What was found is offered until it is taken or discarded; it must not be overwritten unseen.
      if (!found.value) kept.write(name, { at: new Date().toISOString(), version: version.value, values: JSON.parse(content) as Values })
      if (state.value === 'stale') return
      if (state.value !== 'local') state.value = 'dirty'
      clearTimeout(timer)
      timer = setTimeout(() => void flush(), delay)
    },
  )

  const online = (): void => {
    if (state.value === 'local') void flush()
  }
  const leave = (): void => {
    if (document.visibilityState === 'hidden' && state.value === 'dirty') void flush()
  }
  const warn = (event: BeforeUnloadEvent): void => {
    if (state.value === 'dirty' || state.value === 'saving') event.preventDefault()
  }
  window.addEventListener('online', online)
  window.addEventListener('beforeunload', warn)
  document.addEventListener('visibilitychange', leave)
  onScopeDispose(() => {
    if (state.value === 'dirty') void flush()
    clearTimeout(timer)
    window.removeEventListener('online', online)
    window.removeEventListener('beforeunload', warn)
    document.removeEventListener('visibilitychange', leave)
  })

  return {
    state,
    savedAt,
    found,
    take: () => {
      const draft = found.value
      found.value = null
      if (draft) Object.assign(values, draft.values)
    },
    discard: () => {
      found.value = null
      kept.remove(name)
    },
    flush,
  }
}
