import { DocumentChecked } from '@element-plus/icons-vue'
import { type Feature, may } from '@/shared/lib/feature'
import { lists as text } from '@/locales/zh-CN/lists'

const READ = ['matters:read_reviews']

const feature: Feature = {
  routes: [
    { path: 'lists', name: 'lists', component: () => import('./pages/ListsPage.vue'), meta: { title: text.title, needs: READ } },
    { path: 'lists/:matter', props: true, component: () => import('./pages/ListPage.vue'), meta: { title: text.title, needs: READ } },
    { path: 'lists/:matter/propose', props: true, component: () => import('./pages/ProposePage.vue'), meta: { title: text.form.title, needs: ['matters:manage'] } },
  ],
  places: [{ to: '/lists', text: text.place, icon: DocumentChecked, order: 63.5, group: 'system', shows: (me) => may(me, ...READ) }],
}

export default feature
