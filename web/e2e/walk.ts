import type { Page, Request } from '@playwright/test'
import { faults, grave } from './axe'
import { expect, over, PHONE, test } from './support'
import { note } from './looks'
import { picture, pictured } from './pictures'
import { Seen } from './shared'
import { foreignWords } from './words'

/** Where a page leads to: the address, the route it belongs to, and what state the thing at its end is in. */
interface Way {
  to: string
  route: string
  state: string
}

/** Requests that have not been answered yet; streams of events are never done. */
export class Pending {
  private readonly open = new Set<Request>()

  constructor(private readonly page: Page) {
    page.on('request', (request) => {
      if (request.resourceType() !== 'eventsource') this.open.add(request)
    })
    page.on('requestfinished', (request) => this.open.delete(request))
    page.on('requestfailed', (request) => this.open.delete(request))
  }

  /** Waits until everything has come and is drawn. */
  async settled(): Promise<void> {
    const { page, open } = this
    for (let quiet = 0; quiet < 2; ) {
      await page.waitForFunction(() => {
        const busy = Array.from(document.querySelectorAll('.skeleton, [aria-busy="true"], progress:not([value])'))
        return document.querySelector('h1') !== null && !busy.some((element) => element.checkVisibility())
      })
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
      quiet = open.size === 0 ? quiet + 1 : 0
      if (open.size > 0) await page.waitForEvent('requestfinished', { timeout: 1_000 }).catch(() => undefined)
    }
  }
}

/** Goes somewhere within the application. */
const go = (page: Page, to: string): Promise<unknown> =>
  page.evaluate((target) => document.querySelector('#app')?.__vue_app__?.config.globalProperties.$router.push(target), to)

/** Every link of the page, with the state that stands in its row or card. */
const waysFrom = (page: Page): Promise<Way[]> =>
  page.evaluate(() => {
    const router = document.querySelector('#app')?.__vue_app__?.config.globalProperties.$router
    if (!router) return []
    return Array.from(document.querySelectorAll<HTMLAnchorElement>('nav a[href^="/app/"], main a[href^="/app/"]'), (link) => {
      const to = (link.getAttribute('href') ?? '').replace(/^\/app/, '').replace(/#.*$/, '')
      const near = link.closest('tr, li, article')
      return { to, route: router.resolve(to).matched.at(-1)?.path ?? '', state: near?.querySelector('.badge')?.textContent?.trim() ?? '' }
    })
  })

/** By what it is, not by role and name: those are worked out for every element of a page, each time. */
const THEME = '.top button[aria-label="深色界面"]'

/** Looks at pages and notes what is wrong with them. */
export class Looker {
  readonly wrong: string[] = []
  readonly routes = new Set<string>()

  constructor(
    private readonly page: Page,
    private readonly login: string,
    /** Whose pages these are, in the names of pictures. */
    private readonly of = '',
  ) {}

  /** One page as it stands, on a desk in both themes. */
  async at(route: string, what: string, on: 'desk' | 'phone' = 'desk', state = ''): Promise<void> {
    const { page } = this
    this.routes.add(route)
    const heads = await page.locator('h1:visible').count()
    if (heads !== 1) this.wrong.push(`${what} ${on}: ${heads} headings of the first level`)
    for (const words of await page.evaluate(foreignWords)) this.wrong.push(`${what} ${on}: ${words}`)
    // Who wants pictures wants them today: axe takes longer than all of them.
    if (pictured) return this.pictures(`${what} ${state}`, on)
    const news = await this.look(route, what, on)
    const button = page.locator(THEME)
    // The dark differs in colours only: it is looked at where there was something new in the light.
    if (!news || on === 'phone' || (await button.count()) === 0) return
    await button.dispatchEvent('click')
    await this.look(route, what, 'dark', ['color-contrast'])
    await button.dispatchEvent('click')
  }

  /** Pictures of it: a phone and a desk in both themes, a tablet and a wall in the light. */
  private async pictures(what: string, on: 'desk' | 'phone'): Promise<void> {
    const { page, of } = this
    const button = page.locator(THEME)
    const size = page.viewportSize() ?? { width: 1440, height: 900 }
    await picture(page, of, what, `${size.width}`)
    if ((await button.count()) > 0) await button.dispatchEvent('click')
    else await page.emulateMedia({ colorScheme: 'dark' })
    await picture(page, of, what, `${size.width} dark`)
    if ((await button.count()) > 0) await button.dispatchEvent('click')
    else await page.emulateMedia({ colorScheme: 'light' })
    if (on === 'phone') return
    for (const width of [1920, 768]) {
      await page.setViewportSize({ width, height: 1_080 })
      await picture(page, of, what, `${width}`)
    }
    await page.setViewportSize(size)
  }

  private async look(route: string, what: string, look: string, only?: string[]): Promise<boolean> {
    const { page, login } = this
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
    const reach = await over(page)
    if (reach > 0) this.wrong.push(`${what} ${look}: reaches ${reach} px over the edge`)
    const found = await faults(page, only)
    for (const fault of found?.filter(grave) ?? []) this.wrong.push(`${what} ${look}: ${fault}`)
    note({ login, route, at: what, look, axe: found })
    return found !== undefined
  }
}

/** States of things and tabs that somebody of an end has looked at, so that the next one need not look at each again. */
const { first } = new Seen('states')
/** So many states of one thing are looked at. */
const STATES = 4

/** The page that is open, and every tab of it. */
async function lookAround(page: Page, looker: Looker, pending: Pending, way: Way, end: string, on: 'desk' | 'phone'): Promise<void> {
  await looker.at(way.route, way.to, on, way.state)
  const tabs = page.locator('main [role="tab"]')
  for (let tab = 0; tab < (await tabs.count()); tab += 1) {
    const name = (await tabs.nth(tab).innerText()).replace(/\d+/g, '').trim()
    if ((await tabs.nth(tab).getAttribute('aria-selected')) === 'true' || !first(`${end} ${way.route} ${name} ${on}`)) continue
    await tabs.nth(tab).click()
    await pending.settled()
    await looker.at(way.route, `${way.to} [${name}]`, on, way.state)
  }
}

/** Visits all that a person can come to from where the navigation begins: each route, states of a thing, every tab. */
export async function walk(page: Page, login: string, end: string): Promise<Looker> {
  const looker = new Looker(page, login, end)
  const pending = new Pending(page)
  await page.goto('/app/')
  await page.getByLabel(/账号菜单/).waitFor()
  // Beside where the navigation begins: what a menu and the bell of the head lead to.
  const ways: Way[] = ['/', '/security', '/notices', '/notices/preferences'].map((to) => ({ to, route: to, state: '' }))
  const own = new Map<string, number>(ways.map(({ route }) => [route, STATES]))
  const visit = async (way: Way, on: 'desk' | 'phone'): Promise<void> => {
    await go(page, way.to)
    await pending.settled()
    await lookAround(page, looker, pending, way, end, on)
  }
  // The list grows while it is walked.
  for (const way of ways) {
    await visit(way, 'desk')
    for (const next of await waysFrom(page)) {
      // Everybody sees each route once; a state of a thing is looked at by the first of an end who comes to it.
      const times = own.get(next.route) ?? 0
      if (!next.route || (times > 0 && (next.state === '' || times >= STATES || !first(`${end} ${next.route} ${next.state}`)))) continue
      own.set(next.route, times + 1)
      first(`${end} ${next.route} ${next.state}`)
      ways.push(next)
    }
  }
  // What was opened on a desk has to be opened anew on a phone, for pages ask for the width when they begin; once for an end.
  await page.setViewportSize(PHONE)
  for (const way of ways) if (way.route === '/' || first(`${end} ${way.route} ${way.state} on a phone`)) await visit(way, 'phone')
  return looker
}

/** One test for each of these people, in which they walk. */
export function walks(people: readonly string[]): void {
  for (const login of people) {
    test(`all pages of ${login}`, async ({ sit }) => {
      // Some people come to dozens of pages.
      test.setTimeout(test.info().timeout * 5)
      const page = await sit(login)
      const me = (await (await page.context().request.get('/api/v1/me')).json()) as { end: string }
      const { wrong, routes } = await walk(page, login, me.end)
      expect(routes.size).toBeGreaterThan(2)
      expect(wrong).toEqual([])
    })
  }
}
