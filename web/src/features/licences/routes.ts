import { Postcard } from '@element-plus/icons-vue'
import { type Feature, may } from '@/shared/lib/feature'
import { holder } from '@/locales/zh-CN/holder'
import { licences as text } from '@/locales/zh-CN/licences'

const needs = ['licences:read']

const feature: Feature = {
  routes: [
    { path: 'licences', component: () => import('./pages/LicencesAddress.vue'), meta: { title: text.title, needs } },
    { path: 'licences/:id', props: true, component: () => import('./pages/LicenceAddress.vue'), meta: { title: text.title, needs } },
  ],
  places: [
    { to: '/licences', text: text.title, icon: Postcard, order: 30, shows: (me) => me.end === 'government' && may(me, ...needs) },
    { to: '/licences', text: holder.list.place, icon: Postcard, order: 30, shows: (me) => me.end === 'enterprise' && may(me, ...needs) },
  ],
}

export default feature
