import { Key, MapLocation, Message, Notebook, Odometer, Tickets } from '@element-plus/icons-vue'
import { type Feature, may } from '@/shared/lib/feature'
import { channels } from '@/locales/zh-CN/channels'
import { admin as text } from '@/locales/zh-CN/admin'

const ACCOUNTS = ['accounts:read']
const AUDIT = ['audit:read']
const JOBS = ['jobs:read']
const MATTERS = ['matters:manage']

const feature: Feature = {
  routes: [
    { path: 'admin/accounts', component: () => import('./pages/AccountList.vue'), meta: { title: text.accounts.title, needs: ACCOUNTS } },
    { path: 'admin/accounts/new', component: () => import('./pages/NewAccount.vue'), meta: { title: text.accounts.make, needs: ['accounts:manage'] } },
    { path: 'admin/accounts/:id', props: true, component: () => import('./pages/AccountPage.vue'), meta: { title: text.accounts.title, needs: ACCOUNTS } },
    { path: 'admin/matters', component: () => import('./pages/MatterList.vue'), meta: { title: text.matters.title, needs: MATTERS } },
    { path: 'admin/matters/:matter', props: true, component: () => import('./pages/MatterPage.vue'), meta: { title: text.matters.title, needs: MATTERS } },
    { path: 'admin/audit', component: () => import('./pages/AuditPage.vue'), meta: { title: text.audit.title, needs: AUDIT } },
    { path: 'admin/places', component: () => import('./pages/PlacesPage.vue'), meta: { title: text.places.title, needs: ACCOUNTS } },
    { path: 'admin/notices', component: () => import('./pages/ChannelsPage.vue'), meta: { title: channels.title, needs: JOBS } },
    { path: 'admin/health', component: () => import('./pages/HealthPage.vue'), meta: { title: text.health.title, needs: JOBS } },
  ],
  places: [
    { to: '/admin/health', text: text.health.place, icon: Odometer, order: 60, group: 'system', shows: (me) => may(me, ...JOBS) },
    { to: '/admin/notices', text: channels.place, icon: Message, order: 60.5, group: 'system', shows: (me) => may(me, ...JOBS) },
    { to: '/admin/accounts', text: text.accounts.place, icon: Key, order: 61, group: 'system', shows: (me) => may(me, ...ACCOUNTS) },
    { to: '/admin/audit', text: text.audit.place, icon: Tickets, order: 62, group: 'system', shows: (me) => may(me, ...AUDIT) },
    { to: '/admin/matters', text: text.matters.place, icon: Notebook, order: 63, group: 'system', shows: (me) => may(me, ...MATTERS) },
    { to: '/admin/places', text: text.places.place, icon: MapLocation, order: 64, group: 'system', shows: (me) => may(me, ...ACCOUNTS) },
  ],
  homes: [
    // Whoever reads everything and changes nothing begins with what was done.
    { order: 29, shows: (me) => may(me, ...AUDIT) && !may(me, 'jobs:manage'), place: '/admin/audit', page: () => import('./pages/AuditPage.vue') },
    { order: 30, shows: (me) => may(me, ...JOBS), place: '/admin/health', page: () => import('./pages/HealthPage.vue') },
  ],
}

export default feature
