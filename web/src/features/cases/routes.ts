import { Folder } from '@element-plus/icons-vue'
import { type Feature, may, type Me } from '@/shared/lib/feature'
import { cases as text } from '@/locales/zh-CN/cases'
import { useCaseWork } from './work'

const READ = ['licences:read']
/** Who brings a case on. */
const WORK = ['licences:supervise', 'licences:sanction', 'licences:deliver']
const sees = (me: Me): boolean => me.end === 'government' && may(me, ...READ)
const works = (me: Me): boolean => sees(me) && may(me, ...WORK)

const feature: Feature = {
  routes: [
    { path: 'cases', component: () => import('./pages/CaseList.vue'), meta: { title: text.title, needs: READ } },
    { path: 'cases/new', component: () => import('./pages/NewCase.vue'), meta: { title: text.fresh.title, needs: ['licences:supervise'] } },
    { path: 'cases/:id', props: true, component: () => import('./pages/CasePage.vue'), meta: { title: text.title, needs: READ } },
  ],
  places: [
    { to: '/cases', text: text.place, icon: Folder, order: 32, shows: sees, count: () => useCaseWork().count, refresh: (me) => (works(me) ? useCaseWork().load() : undefined) },
  ],
  homes: [{ order: 30, shows: (me) => sees(me) && may(me, 'licences:supervise'), place: '/cases', page: () => import('./pages/CaseList.vue') }],
}

export default feature
