import { Stamp } from '@element-plus/icons-vue'
import { type Feature, may } from '@/shared/lib/feature'
import { licences as text } from '@/locales/zh-CN/licences'

const needs = ['licences:read']

const feature: Feature = {
  routes: [
    { path: 'licences', component: () => import('./pages/LicenceList.vue'), meta: { title: text.title, needs } },
    { path: 'licences/:id', props: true, component: () => import('./pages/LicencePage.vue'), meta: { title: text.title, needs } },
  ],
  places: [{ to: '/licences', text: text.title, icon: Stamp, order: 30, shows: (me) => me.end !== 'enterprise' && may(me, ...needs) }],
}

export default feature
