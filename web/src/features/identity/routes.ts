import type { Feature } from '@/shared/lib/feature'
import { identity as text } from '@/locales/zh-CN/identity'

const feature: Feature = {
  routes: [
    { path: 'login', name: 'login', component: () => import('./pages/LoginPage.vue'), meta: { title: text.login.title, open: true } },
    { path: 'security', name: 'security', component: () => import('./pages/SecurityPage.vue'), meta: { title: text.security.title } },
  ],
}

export default feature
