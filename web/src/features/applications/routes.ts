import { Files, List } from '@element-plus/icons-vue'
import { type Feature, may, type Me } from '@/shared/lib/feature'
import { applications as text } from '@/locales/zh-CN/applications'
import { officer } from '@/locales/zh-CN/officer'
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
  routes: [
    { path: 'tasks', name: 'tasks', component: () => import('./pages/TasksPage.vue'), meta: { title: text.tasks.title, needs: WORK } },
    { path: 'applications', component: () => import('./pages/officer/ApplicationList.vue'), meta: { title: officer.list.title, needs: ['applications:read'] } },
    { path: 'applications/:id', props: true, component: () => import('./pages/ApplicationPage.vue'), meta: { title: officer.list.title, needs: ['applications:read'] } },
  ],
  places: [
    { to: '/tasks', text: text.tasks.title, icon: List, order: 10, shows: works, count: () => useTasks().urgent },
    { to: '/applications', text: officer.list.place, icon: Files, order: 20, shows: (me) => me.end !== 'enterprise' && may(me, 'applications:read') },
  ],
  homes: [
    { order: 10, shows: works, page: () => import('./pages/TasksPage.vue') },
  ],
}

export default feature
