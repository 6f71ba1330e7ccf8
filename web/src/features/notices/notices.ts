import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { asProblem, type Problem } from '@/api/problem'
import { day, daysBetween, legalDay } from '@/shared/lib/format'
import type { Band } from '@/shared/lib/table'
import { notices as text } from '@/locales/zh-CN/notices'
import { markAllRead, markRead, type Notice, readNotices, readPreferences, readUnread } from './api'

/** How many the bell shows. */
const LATEST = 8
const MOST = 99

/** The number beside the bell; beyond two digits nobody counts. */
export const badge = (unread: number): string => (unread > MOST ? text.many : String(unread))

/** The address within this application to which a notice leads. Another site's is none. */
export function leadsTo(notice: Pick<Notice, 'link'>): string | null {
  const link = notice.link ?? ''
  const inside = link.startsWith('/app/') ? link.slice('/app'.length) : ''
  return inside.startsWith('/') && !inside.startsWith('//') ? inside : null
}

/** Notices under the days on which they came, in the order in which they are. */
export function byDay(notices: readonly Notice[], today: string): Band<Notice>[] {
  const bands: { key: string; name: string; rows: Notice[] }[] = []
  for (const notice of notices) {
    const key = legalDay(notice.at)
    const last = bands.at(-1)
    if (last?.key === key) last.rows.push(notice)
    else bands.push({ key, name: dayName(key, today), rows: [notice] })
  }
  return bands
}

function dayName(date: string, today: string): string {
  const ago = daysBetween(date, today)
  return ago === 0 ? text.today : ago === 1 ? text.yesterday : day(date)
}

/** What the person was told: for the bell and its page. What has to be done is in the work list. */
export const useNotices = defineStore('notices', () => {
  const unread = ref(0)
  const latest = shallowRef<Notice[]>([])
  const loaded = ref(false)
  const problem = shallowRef<Problem | null>(null)
  const names = shallowRef<Record<string, string>>({})
  let naming: Promise<void> | null = null

  /** Asks only for the number: this happens every minute. */
  async function count(): Promise<void> {
    try {
      unread.value = await readUnread()
    } catch {
      // The next minute asks again.
    }
  }
  async function load(): Promise<void> {
    try {
      const [number, page] = await Promise.all([readUnread(), readNotices({}, LATEST, undefined)])
      unread.value = number
      latest.value = page.items
      problem.value = null
      loaded.value = true
    } catch (error) {
      problem.value = asProblem(error)
    }
  }
  /** Names of the topics; they are the same for as long as somebody is signed in. */
  function loadNames(): Promise<void> {
    naming ??= readPreferences().then(
      ({ topics }) => {
        names.value = Object.fromEntries(topics.map(({ topic, name }) => [topic, name]))
      },
      () => {
        naming = null
      },
    )
    return naming
  }
  async function read(notice: Notice): Promise<void> {
    if (notice.read_at) return
    const now = await markRead(notice.id)
    latest.value = latest.value.map((one) => (one.id === now.id ? now : one))
    await count()
  }
  async function readAll(until: string | undefined): Promise<void> {
    unread.value = await markAllRead(until)
    await load()
  }

  return {
    unread,
    latest,
    loaded,
    problem,
    names,
    count,
    load,
    loadNames,
    read,
    readAll,
    forget: () => {
      unread.value = 0
      latest.value = []
      loaded.value = false
      names.value = {}
      naming = null
    },
  }
})
