import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { folder } from './shared'

/** What was seen of one page at one width in one theme. */
export interface Look {
  login: string
  route: string
  /** Address, chosen tab. */
  at: string
  look: string
  /** All that axe found, also what is not grave; missing where a page of the same parts was looked at before. */
  axe?: string[]
}

/** Where the looks are noted; a run begins with an empty folder. */
export const logOf = (): string => join(folder(), 'looks.jsonl')
export const note = (look: Look): void => appendFileSync(logOf(), `${JSON.stringify(look)}\n`)

/** The router in the page: it knows which route an address belongs to, and goes there as a pressed link does. */
interface Router {
  push: (to: string) => Promise<unknown>
  resolve: (to: string) => { matched: { path: string }[]; path: string }
  getRoutes: () => { path: string; components?: unknown }[]
  currentRoute: { value: { matched: { path: string }[]; fullPath: string } }
}
declare global {
  interface Element {
    __vue_app__?: { config: { globalProperties: { $router: Router } } }
  }
}

/** The routes that the application has, but those for lost people. */
export const routesOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const router = document.querySelector('#app')?.__vue_app__?.config.globalProperties.$router
    const paths = router?.getRoutes().map((route) => route.path) ?? []
    return [...new Set(paths)].filter((path) => !path.includes('lost'))
  })

/** Where in the application a page is; nowhere on the pages that the server draws. */
export const placeIn = (page: Page): Promise<{ route: string; at: string } | undefined> =>
  page.evaluate(() => {
    const now = document.querySelector('#app')?.__vue_app__?.config.globalProperties.$router.currentRoute.value
    const route = now?.matched.at(-1)?.path
    return now && route !== undefined ? { route, at: now.fullPath } : undefined
  })
