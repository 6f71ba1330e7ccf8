import { OfficeBuilding } from '@element-plus/icons-vue'
import { type Feature, may } from '@/shared/lib/feature'
import { holder } from '@/locales/zh-CN/holder'
import { registry as text } from '@/locales/zh-CN/registry'

const needs = ['enterprises:read']

const feature: Feature = {
  routes: [
    { path: 'enterprises', component: () => import('./pages/EnterpriseList.vue'), meta: { title: text.title, needs } },
    { path: 'enterprises/:id', props: true, component: () => import('./pages/EnterpriseAddress.vue'), meta: { title: text.title, needs } },
    { path: 'enterprise', component: () => import('./pages/EnterpriseAddress.vue'), meta: { title: holder.file.title, needs } },
  ],
  places: [
    { to: '/enterprises', text: text.title, icon: OfficeBuilding, order: 40, shows: (me) => me.end !== 'enterprise' && may(me, ...needs) },
    { to: '/enterprise', text: holder.file.title, icon: OfficeBuilding, order: 40, shows: (me) => me.end === 'enterprise' && may(me, ...needs) },
  ],
}

export default feature
