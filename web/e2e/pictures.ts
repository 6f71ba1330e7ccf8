import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { Seen } from './shared'

/** Where pictures of all that is looked at are kept, one file for each page, width and theme; nowhere unless it is given. */
const FOLDER = process.env.ANXU_E2E_PICTURES
export const pictured = FOLDER !== undefined
/** Pictures that were taken, by whoever came first. */
const taken = new Seen('pictures')
/** What is lower than this is seen by turning the page. */
const TALLEST = 4_000

/** A name that a file may have: the address without what tells one thing from another. */
const named = (what: string): string =>
  what
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id')
    .replaceAll(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '') || 'home'

/** The page as it stands, in full, once for each name. */
export async function picture(page: Page, of: string, what: string, look: string): Promise<void> {
  const name = `${of ? `${of} ` : ''}${named(what)} ${look}`
  if (FOLDER === undefined || !taken.first(name)) return
  mkdirSync(FOLDER, { recursive: true })
  const { width, height } = await page.evaluate(() => ({ width: document.documentElement.clientWidth, height: document.documentElement.scrollHeight }))
  // What moves is left to end.
  await page.waitForTimeout(300)
  await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true, clip: { x: 0, y: 0, width, height: Math.min(height, TALLEST) }, animations: 'disabled' })
}
