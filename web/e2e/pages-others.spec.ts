import { expect, heading, open, PHONE, test } from './support'
import { Looker, Pending, walks } from './walk'

/** The pages of the other ends, as those of the officers. */
walks(['admin', 'auditor', 'fire', 'police', 'ent.draft', 'ent.correct', 'ent.review', 'ent.refused', 'ent.granted', 'ent.expiring', 'ent.expired', 'ent.officer'])

test('the page of the login, and those for lost people', async ({ page, sit }) => {
  const stranger = new Looker(page, '')
  await open(page, '/login')
  await new Pending(page).settled()
  await stranger.at('/login', '/login')
  await page.setViewportSize(PHONE)
  await stranger.at('/login', '/login', 'phone')
  expect(stranger.wrong).toEqual([])
  const somebody = await sit('fire', '/nowhere')
  const lost = new Looker(somebody, 'fire')
  await expect(heading(somebody)).toHaveText('没有这个页面')
  await lost.at('/nowhere', '/nowhere')
  await open(somebody, '/admin/accounts')
  await expect(heading(somebody)).toHaveText('您没有打开这个页面的权限')
  await lost.at('/forbidden', '/forbidden')
  expect(lost.wrong).toEqual([])
})

test('the public pages', async ({ page }) => {
  const looker = new Looker(page, '')
  const pending = new Pending(page)
  const ways = ['/', '/search?q=演示', '/verify', '/losses', '/matters', '/about/verification']
  const shapes = new Set<string>()
  // The list grows while it is walked.
  for (const way of ways) {
    await page.goto(way)
    for (const on of ['desk', 'phone'] as const) {
      if (on === 'phone') await page.setViewportSize(PHONE)
      await pending.settled()
      await looker.at(way.split('?')[0] ?? '', way, on)
    }
    await page.setViewportSize({ width: 1440, height: 900 })
    for (const to of await page.locator('a[href^="/"]').evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''))) {
      // One licence and one matter stand for all.
      const shape = /^\/(v|matters)\/./.exec(to)?.[1]
      if (!shape || shapes.has(shape)) continue
      shapes.add(shape)
      ways.push(to)
    }
  }
  expect([...shapes].sort()).toEqual(['matters', 'v'])
  expect(looker.wrong).toEqual([])
})
