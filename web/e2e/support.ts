import { createHmac } from 'node:crypto'
import { existsSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserContextOptions, expect, type Locator, type Page, test as base } from '@playwright/test'
import { faults, grave } from './axe'
import { note, placeIn } from './looks'
import { folder } from './shared'

/** Password of every account of a demo. */
export const PASSWORD = 'Anxu-demo-2026'
/** Journeys that `make test` takes as well; `make e2e` takes all. */
export const CORE = '@core'
/** The smallest screen that has to do. */
export const PHONE = { width: 360, height: 740 }

/** For what is made in the background, such as a certificate; a slow machine gets more of it. */
export const LONG = { timeout: 60_000 * Number(process.env.ANXU_E2E_PATIENCE ?? 1) }

/** A person at a browser of their own, signed in. */
export type Seat = (login: string, path?: string, options?: BrowserContextOptions) => Promise<Page>

/** Notes what is said on the console: a policy that is broken says so there, and so does a fault. */
function listen(page: Page, said: string[]): void {
  page.on('pageerror', (error) => said.push(`${new URL(page.url()).pathname}: ${error.message}`))
  page.on('console', (message) => {
    // The browser reports every answer of 4xx; whether one was meant is the test's business.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) said.push(`${new URL(page.url()).pathname}: ${message.text()}`)
  })
}

/** Pages on which nothing may be said on the console, and people who sit down at their own. */
export const test = base.extend<{ said: string[]; sit: Seat }>({
  said: async ({}, use) => {
    const said: string[] = []
    await use(said)
    expect(said).toEqual([])
  },
  page: async ({ page, said }, use) => {
    listen(page, said)
    await use(page)
  },
  sit: async ({ browser, playwright, baseURL, said, contextOptions, viewport, locale, timezoneId }, use) => {
    const used: Page[] = []
    await use(async (login, path, options) => {
      // Each person signs in once for all tests of a run.
      const session = join(folder(), `${login}.session.json`)
      if (!existsSync(session)) {
        const request = await playwright.request.newContext({ baseURL })
        const answer = await request.post('/api/v1/sessions', { data: { login, password: PASSWORD } })
        expect(answer.ok(), `${login} signs in`).toBe(true)
        // In one go, for the other workers look for it.
        const own = `${session}.${process.pid}`
        await request.storageState({ path: own })
        renameSync(own, session)
        await request.dispose()
      }
      const context = await browser.newContext({ ...contextOptions, baseURL, viewport, locale, timezoneId, storageState: session, ...options })
      const page = await context.newPage()
      used.push(page)
      listen(page, said)
      if (path !== undefined) {
        await open(page, path)
        await expect(page.getByLabel(/账号菜单/)).toBeVisible()
      }
      return page
    })
    for (const page of used) await page.context().close()
  },
})
export { expect }

/** Opens a page of the application. */
export const open = (page: Page, path = '/'): Promise<unknown> => page.goto(`/app${path}`)

/** Logs in as a person does. */
export async function signIn(page: Page, login: string, path = '/'): Promise<void> {
  await open(page, path)
  await page.getByLabel('账号', { exact: true }).fill(login)
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page.getByLabel(/账号菜单/)).toBeVisible()
}

export const heading = (page: Page): Locator => page.getByRole('heading', { level: 1 })
export const dialog = (page: Page): Locator => page.getByRole('dialog')

/** No serious fault for people who do not see or point. */
export async function accessible(page: Page): Promise<void> {
  expect((await faults(page))?.filter(grave) ?? []).toEqual([])
}

/** How far the page reaches over the edge of the screen. */
export const over = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)

/** Nothing reaches over the edge of a phone. */
export async function fits(page: Page): Promise<void> {
  expect(await over(page)).toBe(0)
}

/** Every page of a journey is looked at the same way. */
export async function sound(page: Page): Promise<void> {
  await accessible(page)
  await fits(page)
  const place = await placeIn(page)
  if (place) note({ login: test.info().title, ...place, look: `${page.viewportSize()?.width ?? 0}` })
}

/** The smallest files that are what their names say, for the server looks inside. No two are the same: it refuses one twice. */
export const pdf = (name: string) => ({
  name,
  mimeType: 'application/pdf',
  buffer: Buffer.from(
    `%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n%${name}\n`,
  ),
})
export const png = (name: string, within = name) => ({
  name,
  mimeType: 'image/png',
  buffer: Buffer.concat([
    Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64'),
    Buffer.from(within),
  ]),
})

/** A unified social credit code with sound check characters (GB 32100, GB 11714). */
export function creditCode(serial: number): string {
  const organisation = `MA${String(serial).padStart(6, '0')}`
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
  const sum = [3, 7, 9, 10, 5, 8, 4, 2].reduce((all, weight, at) => all + weight * digits.indexOf(organisation[at] ?? '0'), 0)
  const check = '0123456789X0'[11 - (sum % 11)] ?? '0'
  const body = `91360102${organisation}${check}`
  const signs = '0123456789ABCDEFGHJKLMNPQRTUWXY'
  const total = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28].reduce((all, weight, at) => all + weight * signs.indexOf(body[at] ?? '0'), 0)
  return body + (signs[(31 - (total % 31)) % 31] ?? '')
}

/** The step of time in which an authenticator is. */
export const stepNow = (): number => Math.floor(Date.now() / 30_000)

/** The code that an authenticator shows in a step (RFC 6238). */
export function code(secret: string, step: number): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = Array.from(secret.replaceAll(' ', ''), (letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const hash = createHmac('sha1', key).update(counter).digest()
  const at = (hash.at(-1) ?? 0) & 15
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}
