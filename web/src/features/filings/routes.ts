import { DocumentAdd } from '@element-plus/icons-vue'
import { type Feature, may, type Me } from '@/shared/lib/feature'
import { filings as text } from '@/locales/zh-CN/filings'
import { useFilingWork } from './work'

const READ = ['licences:read']
const sees = (me: Me): boolean => me.end === 'government' && may(me, ...READ)
const works = (me: Me): boolean => sees(me) && may(me, 'licences:deliver', 'licences:supervise')

const feature: Feature = {
  routes: [
    { path: 'filings', component: () => import('./pages/FilingList.vue'), meta: { title: text.title, needs: READ } },
    { path: 'filings/:id', props: true, component: () => import('./pages/FilingPage.vue'), meta: { title: text.title, needs: READ } },
  ],
  places: [
    { to: '/filings', text: text.place, icon: DocumentAdd, order: 34, shows: sees, count: () => useFilingWork().count, refresh: (me) => (works(me) ? useFilingWork().load() : undefined) },
  ],
}

export default feature
