import { computed, onScopeDispose, reactive, ref, shallowRef, toRaw, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { asProblem, isAbort, kinds, type Problem } from '@/api/problem'
import { randomKey } from '@/api/transport'
import { upload } from '@/api/upload'
import { kept } from '@/shared/lib/store'
import { type Application, readApplication } from './officer'
import { type Shot, shots } from './photoStore'
import { type Entries, type Entry, instantOf, photosUrl, resultsOf, sendable, type SiteCheck, siteActs, unsent } from './site'

/** A picture on its way. */
export interface Queued {
  shot: Shot
  state: 'waiting' | 'sending' | 'refused'
  message: string
}

export interface Visit {
  typed: Entries
  set: (condition: string, entry: Entry) => void
  photos: Queued[]
  addPhoto: (shot: Shot) => Promise<void>
  dropPhoto: (id: string) => Promise<void>
  /** What the server said against a line. */
  faults: Ref<Record<string, string>>
  /** Lines and pictures that the server does not have. */
  left: ComputedRef<number>
  /** Lines that wait for words. */
  held: ComputedRef<number>
  sending: Ref<boolean>
  offline: Ref<boolean>
  /** The browser keeps no pictures; the page has to stay open. */
  unkept: Ref<boolean>
  problem: ShallowRef<Problem | null>
  /** Sends what is left; says whether the server has everything. */
  flush: () => Promise<boolean>
}

const REST = 1_200
const AGAIN = 12_000
/** The answer of an act may be lost on the way: sent again, the server says that it has been done, and is asked how things stand. */
async function once(act: () => Promise<Application>, application: string): Promise<Application> {
  try {
    return await act()
  } catch (error) {
    if (asProblem(error).type !== kinds.alreadyDone) throw error
    return readApplication(application)
  }
}
const lost = ({ status }: Problem): boolean => status === 0 || status === 408 || status >= 500

/**
 * What is written and photographed on site: kept on the phone at once, sent a moment later, and again when the network is
 * back. Each officer sends only the lines that he changed, so that two phones do not undo each other.
 */
export function useSiteCheck(application: string, check: () => SiteCheck, updated: (answer: Application) => void): Visit {
  const id = check().id
  const store = `site.${id}`
  const typed = reactive<Entries>(kept.read<Entries>(store) ?? {})
  const photos = reactive<Queued[]>([])
  const faults = ref<Record<string, string>>({})
  const sending = ref(false)
  const offline = ref(false)
  const unkept = ref(false)
  const problem = shallowRef<Problem | null>(null)
  let key = { of: '', is: '' }
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<boolean> | null = null

  const open = computed(() => unsent(check().lines, typed))
  const held = computed(() => Object.values(open.value).filter((entry) => !sendable(entry)).length)
  const left = computed(() => Object.keys(open.value).length - held.value + photos.length)
  watch(typed, () => kept.write(store, typed), { deep: true })

  function later(delay: number): void {
    clearTimeout(timer)
    timer = setTimeout(() => void flush(), delay)
  }
  function set(condition: string, entry: Entry): void {
    typed[condition] = { ...entry }
    faults.value = Object.fromEntries(Object.entries(faults.value).filter(([one]) => one !== condition))
    if (sendable(entry)) later(REST)
  }

  function failed(error: unknown): Problem {
    const found = asProblem(error)
    offline.value = lost(found)
    if (offline.value) later(AGAIN)
    return found
  }

  async function sendLines(): Promise<boolean> {
    const results = resultsOf(open.value).filter(({ condition }) => !(condition in faults.value))
    if (results.length === 0) return true
    const content = JSON.stringify(results)
    if (key.of !== content) key = { of: content, is: randomKey() }
    try {
      const answer = await once(() => siteActs.results(application, id, key.is, results), application)
      for (const { condition, met, text } of results) {
        const now = typed[condition]
        if (now?.met === met && now.text.trim() === text) Reflect.deleteProperty(typed, condition)
      }
      offline.value = false
      problem.value = null
      updated(answer)
      return true
    } catch (error) {
      const found = failed(error)
      const told = found.fields.filter(({ field }) => field.startsWith('results.'))
      faults.value = { ...faults.value, ...Object.fromEntries(told.map(({ field, message }) => [field.slice('results.'.length), message])) }
      if (!offline.value && told.length === 0) problem.value = found
      // What nothing is said against goes without the others.
      return !offline.value && told.length > 0 && told.length < results.length ? sendLines() : false
    }
  }

  async function sendPhoto(one: Queued): Promise<boolean> {
    const { shot } = one
    one.state = 'sending'
    try {
      const answer = await once(
        () =>
          upload<Application>({
            url: photosUrl(application, id),
            file: new File([toRaw(shot).picture], shot.name, { type: shot.picture.type }),
            key: shot.id,
            fields: {
              taken_at: instantOf(shot.hour, shot.taken), longitude: shot.longitude, latitude: shot.latitude, place: shot.place,
              ...(shot.condition ? { condition: shot.condition } : {}),
            },
          }),
        application,
      )
      photos.splice(photos.indexOf(one), 1)
      await shots.remove(shot.id).catch(() => undefined)
      offline.value = false
      updated(answer)
      return true
    } catch (error) {
      if (isAbort(error)) return false
      const found = failed(error)
      one.state = offline.value ? 'waiting' : 'refused'
      one.message = offline.value ? '' : (found.fields[0]?.message ?? (found.detail || found.title))
      return false
    }
  }

  async function send(): Promise<boolean> {
    clearTimeout(timer)
    sending.value = true
    try {
      let whole = await sendLines()
      for (;;) {
        const next = offline.value ? undefined : photos.find((one) => one.state === 'waiting')
        if (!next) break
        whole = (await sendPhoto(next)) && whole
      }
      return whole && left.value === 0 && held.value === 0
    } finally {
      sending.value = false
    }
  }
  async function flush(): Promise<boolean> {
    const before = running
    if (before) await before
    running ??= send().finally(() => {
      running = null
    })
    return running
  }

  async function addPhoto(shot: Shot): Promise<void> {
    const known = photos.find((one) => one.shot.id === shot.id)
    // What was refused is sent under a new key: the old one has its answer.
    if (known) await dropPhoto(shot.id)
    const fresh = known ? { ...shot, id: randomKey() } : shot
    photos.push({ shot: fresh, state: 'waiting', message: '' })
    await shots.put({ ...fresh }).catch(() => {
      unkept.value = true
    })
    void flush()
  }
  async function dropPhoto(gone: string): Promise<void> {
    const at = photos.findIndex(({ shot }) => shot.id === gone)
    if (at >= 0) photos.splice(at, 1)
    await shots.remove(gone).catch(() => undefined)
  }

  void shots
    .of(id)
    .then((found) => photos.push(...found.map((shot) => ({ shot, state: 'waiting' as const, message: '' }))))
    .catch(() => {
      unkept.value = true
    })
    .finally(() => {
      if (left.value > 0) void flush()
    })
  const online = (): void => void flush()
  window.addEventListener('online', online)
  onScopeDispose(() => {
    clearTimeout(timer)
    window.removeEventListener('online', online)
    if (left.value > 0 && !sending.value) void flush()
  })

  return { typed, set, photos, addPhoto, dropPhoto, faults, left, held, sending, offline, unkept, problem, flush }
}
