import { Calendar, House } from '@element-plus/icons-vue'
import { type Feature, may, type Me } from '@/shared/lib/feature'
import { holding as text } from '@/locales/zh-CN/holding'

const READ = ['licences:read']
const holds = (me: Me): boolean => me.end === 'enterprise' && may(me, ...READ)

const feature: Feature = {
  routes: [
    { path: 'duties', component: () => import('./pages/DutiesPage.vue'), meta: { title: text.duties.title, needs: READ } },
    { path: 'licences/:id/filings/:act', props: true, component: () => import('./pages/NewFilingAddress.vue'), meta: { title: text.filing.title, needs: ['licences:hold'] } },
  ],
  places: [
    { to: '/', text: text.home.place, icon: House, order: 5, shows: holds },
    { to: '/duties', text: text.duties.title, icon: Calendar, order: 25, shows: holds },
  ],
  homes: [{ order: 15, shows: holds, page: () => import('./pages/HolderHome.vue') }],
}

export default feature
