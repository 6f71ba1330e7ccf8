import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from '@playwright/test'
import { dialog, expect, heading, LONG } from './support'
import { folder } from './shared'

/** Papers that were issued: kept as whoever gets them keeps them, read, and shown to somebody who checks them. */

/** Where pictures and papers of a story are kept: `ANXU_E2E_KEEP`, or the folder of the run. */
export function kept(...names: string[]): string {
  const where = process.env.ANXU_E2E_KEEP ?? join(folder(), 'kept')
  mkdirSync(where, { recursive: true })
  return join(where, ...names)
}

/** A picture of the whole page as it stands. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: kept(`${name}.png`), fullPage: true })
}

/** What is printed on a paper, without spaces and ends of lines; nothing where the machine has no reader (poppler-utils). */
function printed(file: string): string | undefined {
  try {
    return execFileSync('pdftotext', ['-raw', file, '-'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).replace(/\s+/g, '')
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw fault
  }
}

/** Keeps the file behind a link and reads it. Gives where it lies. */
async function keep(page: Page, link: Locator, name: string, says: readonly string[]): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()])
  const file = kept(`${name}.pdf`)
  await download.saveAs(file)
  expect(readFileSync(file).subarray(0, 5).toString(), name).toBe('%PDF-')
  const words = printed(file)
  if (words !== undefined) for (const one of says) expect(words, name).toContain(one)
  return file
}

/** The certificate that stands in the page of a licence, the original and the duplicate. Gives where the original lies. */
export async function certificate(page: Page, name: string, says: readonly string[]): Promise<string> {
  const files: string[] = []
  for (const edition of ['正本', '副本']) {
    await page.getByRole('button', { name: edition, exact: true }).click(LONG)
    await expect(page.getByRole('group', { name: '第 1 页' }).locator('canvas')).toBeVisible(LONG)
    files.push(await keep(page, page.getByRole('link', { name: `下载${edition}` }).first(), `${name}${edition}`, says))
  }
  return files[0] ?? ''
}

/** Opens a paper that stands in a list, looks at it and keeps it. */
async function paper(page: Page, button: Locator, name: string, says: readonly string[]): Promise<string> {
  await button.click(LONG)
  await expect(dialog(page).locator('canvas').first()).toBeVisible(LONG)
  const file = await keep(page, dialog(page).getByRole('link', { name: '下载', exact: true }), name, says)
  await page.keyboard.press('Escape')
  await expect(dialog(page)).toBeHidden()
  return file
}

/** Opens every paper of a list as soon as it is made; each speaks of the same people and things. */
export async function papers(page: Page, part: string, says: readonly string[]): Promise<void> {
  const list = page.getByRole('region', { name: '文书', exact: true }).getByRole('listitem')
  await expect(list.first()).toBeVisible(LONG)
  const looks = list.getByRole('button').filter({ hasNotText: /^登记送达$/ })
  await expect(async () => {
    expect(await looks.count()).toBe(await list.count())
  }).toPass(LONG)
  for (const [at, look] of (await looks.all()).entries()) {
    const name = ((await look.getAttribute('aria-label')) ?? (await look.innerText())).split(' ').at(-1) ?? ''
    await paper(page, look, `${part}-${at + 1}-${name}`, says)
  }
}

/** What anybody is told who has a file checked. */
export async function verdict(page: Page, file: string): Promise<string> {
  await page.goto('/verify')
  await page.getByLabel(/^电子证照 PDF/).setInputFiles({ name: 'licence.pdf', mimeType: 'application/pdf', buffer: readFileSync(file) })
  await page.getByRole('button', { name: '上传并核验' }).click()
  return heading(page).innerText()
}
