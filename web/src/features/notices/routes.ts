import type { Feature } from '@/shared/lib/feature'
import { notices as text } from '@/locales/zh-CN/notices'

/** The bell leads here; the navigation is for work. */
const feature: Feature = {
  routes: [
    { path: 'notices', name: 'notices', component: () => import('./pages/NoticesPage.vue'), meta: { title: text.title } },
    { path: 'notices/preferences', name: 'notice-preferences', component: () => import('./pages/PreferencesPage.vue'), meta: { title: text.preferences.title } },
  ],
}

export default feature
