import axe, { type AxeResults } from 'axe-core'
import type { Page } from '@playwright/test'
import { placeIn } from './looks'
import { Seen } from './shared'

declare global {
  interface Window {
    axe?: typeof axe
    /** Elements of the page by the part that they are. */
    partsOfPage?: Map<string, Element[]>
  }
}

/** Parts that axe has seen in this run, and pages that it has seen whole. */
const examined = new Seen('parts')
const { first } = new Seen('whole pages')

/**
 * Of which parts a page is made: an element of a component (its `data-v-…`), what is said of it, within what it stands; at
 * this width and in this theme. Of an open dialog only, for nothing behind it can be reached.
 */
const partsOf = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const look = `${document.documentElement.classList.contains('dark') ? 'dark' : 'light'} ${window.innerWidth}`
    const plain = (element: Element | null): string => `${element?.localName ?? ''}.${element?.getAttribute('class') ?? ''}`
    const of = (element: Element): string =>
      [look, plain(element.parentElement), plain(element), element.getAttribute('role') ?? '', ...element.getAttributeNames()].join(' ')
    const within = document.querySelector('dialog[open]') ?? document.body
    const parts = new Map<string, Element[]>()
    for (const element of within.querySelectorAll('*:not(svg *)')) parts.set(of(element), [...(parts.get(of(element)) ?? []), element])
    window.partsOfPage = parts
    return [...parts.keys()]
  })

/** What axe finds in these parts, in the whole page if none are named. */
const violationsIn = (page: Page, parts: string[] | undefined, rules: string[] | undefined): Promise<AxeResults['violations']> =>
  page.evaluate(
    async ({ parts, rules }) => {
      if (!window.axe) throw new Error('axe is not on the page')
      const news = new Set(parts?.flatMap((part) => window.partsOfPage?.get(part) ?? []))
      const under = (element: Element | null): boolean => element !== null && (news.has(element) || under(element.parentElement))
      const include = Array.from(news).filter((element) => element.isConnected && !under(element.parentElement))
      if (parts && include.length === 0) return []
      const whole = document.querySelector('dialog[open]') ?? document
      const { violations } = await window.axe.run(parts ? { include } : whole, { resultTypes: ['violations'], ...(rules ? { runOnly: rules } : {}) })
      return violations
    },
    { parts, rules },
  )

/**
 * What axe finds in what no page had before, as `impact rule: where`: a page that is open for the first time is examined
 * whole, of others the parts that are new, for axe takes its time. Nothing is given where nothing is new.
 */
export async function faults(page: Page, rules?: string[]): Promise<string[] | undefined> {
  const news = examined.add(await partsOf(page))
  if (news.length === 0) return undefined
  const place = (await placeIn(page))?.route ?? new URL(page.url()).pathname
  const dialog = (await page.locator('dialog[open]').count()) > 0
  const whole = first([place, dialog, page.viewportSize()?.width, ...(rules ?? [])].join(' '))
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source)
  const violations = await violationsIn(page, whole ? undefined : news, rules)
  return violations.map((one) => `${one.impact ?? 'minor'} ${one.id}: ${one.nodes.map((node) => [node.target.join(' '), ...node.any.map((check) => check.message)].join(': ')).join(', ')}`)
}
export const grave = (fault: string): boolean => /^(serious|critical) /.test(fault)
