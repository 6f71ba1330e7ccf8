import { nextTick } from 'vue'
import { createRouter, createWebHistory, type RouteLocationNormalized, type RouteLocationRaw } from 'vue-router'
import { shared as text } from '@/locales/zh-CN/shared'
import { shell } from '@/locales/zh-CN/shell'
import { routes } from '@/shell/features'
import { useSession } from '@/stores/session'
import { useSite } from '@/stores/site'

/** Routes that a feature marks `open` stand alone; all others stand in the frame. */
const alone = routes.filter((route) => route.meta?.open)
const framed = routes.filter((route) => !route.meta?.open)

export const router = createRouter({
  history: createWebHistory(import.meta.env.BASE_URL),
  // A page that still loads leads to its own part (`to.hash`) when that is there.
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? false : { top: 0 }),
  routes: [
    ...alone.map((route) => ({ ...route, path: `/${route.path}` })),
    {
      path: '/',
      component: () => import('@/shell/ShellLayout.vue'),
      children: [
        { path: '', name: 'home', component: () => import('@/shell/HomePage.vue') },
        ...framed,
        { path: 'forbidden', name: 'forbidden', component: () => import('@/shell/ForbiddenPage.vue'), meta: { title: shell.forbidden.title } },
        { path: ':lost(.*)*', name: 'lost', component: () => import('@/shell/NotFoundPage.vue'), meta: { title: shell.notFound.title } },
      ],
    },
  ],
})

/** Asks once who is signed in. A server that does not answer is told by the first page. */
async function ready(): Promise<void> {
  const session = useSession()
  const site = useSite()
  const asks: Promise<void>[] = []
  if (!session.asked) asks.push(session.load())
  if (!site.site) asks.push(site.load())
  await Promise.allSettled(asks)
}

/** Where somebody is sent instead, if anywhere. */
function elsewhere(to: RouteLocationNormalized): RouteLocationRaw | undefined {
  const session = useSession()
  if (to.meta.open) return undefined
  if (!session.me) return { name: 'login', query: to.fullPath === '/' ? {} : { next: to.fullPath } }
  if (session.me.must_change_password && to.name !== 'security') return { name: 'security' }
  const needs = to.meta.needs
  return needs && !session.may(...needs) ? { name: 'forbidden' } : undefined
}

router.beforeEach(async (to) => {
  await ready()
  return elsewhere(to) ?? true
})

router.afterEach(async (to, from) => {
  document.title = [to.meta.title, text.product].filter(Boolean).join(' · ')
  if (from.matched.length === 0 || to.path === from.path) return
  await nextTick()
  // Whoever hears the page begins at its content, not at the link that was pressed.
  document.getElementById('content')?.focus({ preventScroll: true })
})

/** After a new release the old chunks are gone: the address is opened anew, once. */
router.onError((error, to) => {
  const gone = /dynamically imported module|Importing a module script failed|Unable to preload/.test(String(error))
  if (gone && sessionStorage.getItem('anxu.reloaded') !== to.fullPath) {
    sessionStorage.setItem('anxu.reloaded', to.fullPath)
    location.assign(router.resolve(to.fullPath).href)
  }
})
