import { List } from '@element-plus/icons-vue'
import { type Feature, may, type Me } from '@/shared/lib/feature'
import { applications as text } from '@/locales/zh-CN/applications'
import { useTasks } from './tasks'

/** Permissions that bring work. */
const WORK = [
  'applications:accept',
  'applications:review',
  'applications:first_review',
  'applications:second_review',
  'applications:decide',
  'licences:deliver',
]
const works = (me: Me): boolean => me.end !== 'enterprise' && may(me, ...WORK)

const feature: Feature = {
  routes: [{ path: 'tasks', name: 'tasks', component: () => import('./pages/TasksPage.vue'), meta: { title: text.tasks.title, needs: WORK } }],
  places: [{ to: '/tasks', text: text.tasks.title, icon: List, order: 10, shows: works, count: () => useTasks().urgent }],
  homes: [{ order: 10, shows: works, page: () => import('./pages/TasksPage.vue') }],
}

export default feature
