import { OfficeBuilding } from '@element-plus/icons-vue'
import { type Feature, may } from '@/shared/lib/feature'
import { holder } from '@/locales/zh-CN/holder'
import { registry as text } from '@/locales/zh-CN/registry'

const needs = ['enterprises:read']
const imports = ['enterprises:import']

const feature: Feature = {
  routes: [
    { path: 'enterprises', component: () => import('./pages/EnterpriseList.vue'), meta: { title: text.title, needs } },
    { path: 'enterprises/new', component: () => import('./pages/NewEnterprise.vue'), meta: { title: text.edit.add, needs: ['enterprises:write'] } },
    { path: 'enterprises/imports', component: () => import('./pages/ImportList.vue'), meta: { title: text.imports.title, needs: imports } },
    { path: 'enterprises/imports/:id', props: true, component: () => import('./pages/ImportPage.vue'), meta: { title: text.imports.title, needs: imports } },
    { path: 'enterprises/:id', props: true, component: () => import('./pages/EnterpriseAddress.vue'), meta: { title: text.title, needs } },
    { path: 'enterprise', component: () => import('./pages/EnterpriseAddress.vue'), meta: { title: holder.file.title, needs } },
  ],
  places: [
    // A committee department comes to an enterprise from its review; the registry is not its business.
    { to: '/enterprises', text: text.title, icon: OfficeBuilding, order: 40, group: 'oversight', shows: (me) => me.end === 'government' && may(me, ...needs) },
    { to: '/enterprise', text: holder.file.title, icon: OfficeBuilding, order: 40, group: 'oversight', shows: (me) => me.end === 'enterprise' && may(me, ...needs) },
  ],
}

export default feature
