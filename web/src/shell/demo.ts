import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api, call, type Schema } from '@/api/client'
import { useSession } from '@/stores/session'
import { useSite } from '@/stores/site'

/** With what the last move brought, where the server tells it. */
type Clock = Schema<'DemoClockView'> & { last?: { from: string; to: string; jobs: number; happened: { title: string; count: number }[] } | null }
type Move = Schema<'DemoClockMove'>

/** How far a move may go, in days; the server judges. */
const MOST = 1830
/** How often is asked: of a clock that stands, and of one that is moved. */
const REST = 30_000
const MOVING = 800
/** Events that are read to tell what happened: pages of the longest list that the server gives. */
const PAGES = 10
const PAGE = 200
/** What people do of their own does not belong to what the time brought. */
const NOT_TIME = /^(session|demo|account)\./

export interface Step {
  days?: number
  months?: number
}
/** How far on at one press. */
export const steps = { day: { days: 1 }, week: { days: 7 }, month: { months: 1 }, quarter: { months: 3 }, year: { months: 12 }, term: { months: 36 } } as const satisfies Record<string, Step>

/** The day so much later; the last of the month where the month has no such day. */
export function later(day: string, { days = 0, months = 0 }: Step): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const first = new Date(Date.UTC(year, month - 1 + months, 1))
  const length = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  first.setUTCDate(Math.min(date, length) + days)
  return first.toISOString().slice(0, 10)
}
export const furthest = (day: string): string => later(day, { days: MOST })

export interface Count {
  title: string
  count: number
}
/** The same things counted, the most first; equal ones in the order in which they happened. */
export function tally(titles: readonly string[]): Count[] {
  const counts = new Map<string, number>()
  for (const title of titles) counts.set(title, (counts.get(title) ?? 0) + 1)
  return [...counts].map(([title, count]) => ({ title, count })).sort((a, b) => b.count - a.count)
}

/** What a move brought. */
export interface Outcome {
  move: Move
  /** Why it ended before its time. */
  failed: string | null
  happened: Count[]
  /** There was more than was read. */
  more: boolean
}

async function whatHappened(since: string, until: string): Promise<Pick<Outcome, 'happened' | 'more'>> {
  const titles: string[] = []
  let cursor: string | undefined
  for (let page = 0; page < PAGES; page += 1) {
    const query = { since, until, limit: PAGE, ...(cursor !== undefined && { cursor }) }
    const slice = await call(api.GET('/api/v1/events', { params: { query } }))
    titles.push(...slice.items.filter(({ kind }) => !NOT_TIME.test(kind)).map(({ title }) => title))
    cursor = slice.next ?? undefined
    if (cursor === undefined) return { happened: tally(titles), more: false }
  }
  return { happened: tally(titles), more: true }
}

/** The clock of a demo: everybody sees it, an administrator moves it on. */
export const useDemoClock = defineStore('demo', () => {
  const site = useSite()
  const session = useSession()
  const clock = shallowRef<Clock | null>(null)
  const outcome = shallowRef<Outcome | null>(null)
  /** Pages that were made before the time was moved are made anew: the frame keys its page by it. */
  const epoch = ref(0)
  /** Somebody else has moved the time under this page. */
  const stale = ref(false)
  let under: Move | null = null
  let own = false
  let timer: ReturnType<typeof setTimeout> | undefined

  async function read(): Promise<void> {
    const now: Clock = await call(api.GET('/api/v1/demo/clock'))
    clock.value = now
    if (now.moving) {
      under = now.moving
      return
    }
    if (under) await arrived(under, now.failed ?? null)
    else if (site.today !== now.today) await site.load().then(() => (stale.value = true))
  }
  async function arrived(move: Move, failed: string | null): Promise<void> {
    under = null
    await site.load()
    if (!own) {
      stale.value = true
      return
    }
    own = false
    const last = clock.value?.last
    if (last) {
      outcome.value = { move: { ...move, jobs: last.jobs }, failed, happened: last.happened, more: false }
      refresh()
      return
    }
    const seen = session.may('audit:read') ? await whatHappened(move.from, clock.value?.now ?? move.to).catch(() => null) : null
    outcome.value = { move, failed, happened: seen?.happened ?? [], more: seen?.more ?? false }
    refresh()
  }
  function refresh(): void {
    stale.value = false
    epoch.value += 1
  }
  /** Goes on asking as long as the application is open. */
  async function watch(): Promise<void> {
    clearTimeout(timer)
    if (document.visibilityState === 'visible' && navigator.onLine) await read().catch(() => undefined)
    clearTimeout(timer)
    timer = setTimeout(() => void watch(), clock.value?.moving ? MOVING : REST)
  }
  async function move(to: string): Promise<void> {
    outcome.value = null
    clock.value = await call(api.POST('/api/v1/demo/clock', { params: {}, body: { to } }))
    under = clock.value.moving ?? null
    own = true
    void watch()
  }

  return {
    clock,
    outcome,
    epoch,
    stale,
    moving: computed(() => clock.value?.moving ?? null),
    mayMove: computed(() => session.may('demo:clock')),
    watch,
    move,
    refresh,
    forget: () => {
      outcome.value = null
    },
  }
})
