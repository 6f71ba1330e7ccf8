import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api, call, type Schema } from '@/api/client'
import { asProblem, type Problem } from '@/api/problem'
import type { Band } from '@/shared/lib/table'
import { applications as text } from '@/locales/zh-CN/applications'

/** Something that the person has to do now. */
export type Task = Schema<'TaskView'>
/** How urgent it is, by the server's clock. */
export type Urgency = 'late' | 'today' | 'soon' | 'later' | 'held'

/** Most urgent first; what stands still comes last. */
export const urgencies: readonly Urgency[] = ['late', 'today', 'soon', 'later', 'held']

const PAGE = 200

/** By the server's light, so that a row never has another colour than its heading. */
export function urgency({ clock }: Task): Urgency {
  if (!clock) return 'later'
  if (clock.stopped) return 'held'
  if (clock.light === 'red') return 'late'
  if (clock.left === 0) return 'today'
  return clock.light === 'yellow' ? 'soon' : 'later'
}

/** Tasks under the headings of their urgency, without empty headings. */
export function bands(tasks: readonly Task[]): Band<Task>[] {
  return urgencies
    .map((key) => ({ key, name: text.tasks.bands[key], rows: tasks.filter((task) => urgency(task) === key) }))
    .filter((band) => band.rows.length > 0)
}

/** One task of an application is one row. */
export const taskKey = (task: Task): string => `${task.application.id}.${task.kind}.${task.department ?? ''}`

/** Where a task is done: most at the desk, a visit on its page for the phone. */
export const placeOf = ({ kind, application }: Task): string => (kind === 'site_check' ? `/applications/${application.id}/site-check` : `/applications/${application.id}`)

/** The work of the person who is signed in: for the home page, the navigation and the reminders. */
export const useTasks = defineStore('tasks', () => {
  const tasks = shallowRef<Task[]>([])
  const following = ref<string | null>(null)
  const loading = ref(false)
  const loaded = ref(false)
  const problem = shallowRef<Problem | null>(null)

  async function read(cursor: string | null): Promise<void> {
    if (loading.value) return
    loading.value = true
    try {
      const query = cursor === null ? { limit: PAGE } : { limit: PAGE, cursor }
      const page = await call(api.GET('/api/v1/application-tasks', { params: { query } }))
      tasks.value = cursor === null ? page.items : [...tasks.value, ...page.items]
      following.value = page.next ?? null
      problem.value = null
      loaded.value = true
    } catch (error) {
      problem.value = asProblem(error)
    } finally {
      loading.value = false
    }
  }

  return {
    tasks,
    loading,
    loaded,
    problem,
    /** There are more than were read. */
    more: computed(() => following.value !== null),
    /** To be done today. */
    urgent: computed(() => tasks.value.filter((task) => ['late', 'today'].includes(urgency(task))).length),
    load: () => read(null),
    loadMore: () => read(following.value),
    forget: () => {
      tasks.value = []
      following.value = null
      loaded.value = false
    },
  }
})
