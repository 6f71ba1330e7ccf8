import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { asProblem, type Problem } from '@/api/problem'
import { useSession } from '@/stores/session'
import { useSite } from '@/stores/site'
import { readLetters, readNow, readRectifications, readReferrals, readTasks } from './api'
import { type Duty, duties, type Found, urgent } from './duties'

/** As many of each kind as are read for the page; there is seldom more than a handful. */
const MOST = 200

/** What the own department has to do: for its home and for the number in the navigation. */
export const useDuties = defineStore('duties', () => {
  const session = useSession()
  const site = useSite()
  const all = shallowRef<Duty[]>([])
  const more = ref(false)
  const loading = ref(false)
  const loaded = ref(false)
  const problem = shallowRef<Problem | null>(null)
  let running: AbortController | undefined

  /** Reviews belong to the home of a committee member; in government they have a page of their own. */
  async function read(signal: AbortSignal): Promise<Found & { now: Date; more: boolean }> {
    const me = session.own
    const own = me.scope.department
    const reviews = me.end === 'committee' ? readTasks(MOST, signal) : { items: [], next: null }
    if (!own || !session.may('collaboration:act')) {
      const tasks = await reviews
      return { tasks: tasks.items, letters: [], rectifications: [], referrals: [], now: new Date(), more: Boolean(tasks.next) }
    }
    const closes = session.may('collaboration:convene')
    const [tasks, letters, open, reported, sent, received, now] = await Promise.all([
      reviews,
      readLetters({ addressee: own, waiting: true, limit: MOST }, undefined, signal),
      readRectifications({ department: own, state: 'open', limit: MOST }, undefined, signal),
      closes ? readRectifications({ convener: own, state: 'reported', limit: MOST }, undefined, signal) : { items: [], next: null },
      readReferrals({ addressee: own, state: 'sent', limit: MOST }, undefined, signal),
      readReferrals({ addressee: own, state: 'received', limit: MOST }, undefined, signal),
      readNow(site.demo),
    ])
    return {
      tasks: tasks.items,
      letters: letters.items,
      rectifications: [...open.items, ...reported.items],
      referrals: [...sent.items, ...received.items],
      now,
      more: [tasks, letters, open, reported, sent, received].some((page) => Boolean(page.next)),
    }
  }

  async function load(): Promise<void> {
    running?.abort()
    const mine = new AbortController()
    running = mine
    loading.value = true
    try {
      const found = await read(mine.signal)
      if (mine.signal.aborted) return
      all.value = duties(found, site.today, found.now)
      more.value = found.more
      problem.value = null
      loaded.value = true
    } catch (error) {
      if (mine.signal.aborted) return
      problem.value = asProblem(error)
    }
    loading.value = false
  }

  return { all, more, loading, loaded, problem, load, urgent: computed(() => urgent(all.value)) }
})
