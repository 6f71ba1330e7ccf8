import { DataAnalysis } from '@element-plus/icons-vue'
import { type Feature, may } from '@/shared/lib/feature'
import { dashboard as text } from '@/locales/zh-CN/dashboard'

const needs = ['figures:read']

const feature: Feature = {
  routes: [{ path: 'figures', component: () => import('./pages/DashboardPage.vue'), meta: { title: text.title, needs } }],
  places: [{ to: '/figures', text: text.title, icon: DataAnalysis, order: 50, group: 'oversight', shows: (me) => me.end === 'government' && may(me, ...needs) }],
  // Whoever has no work of their own begins with how things stand.
  homes: [{ order: 30, shows: (me) => me.end === 'government' && may(me, ...needs), page: () => import('./pages/DashboardPage.vue') }],
}

export default feature
