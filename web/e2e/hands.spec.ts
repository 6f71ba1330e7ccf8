import type { Locator, Page } from '@playwright/test'
import { accessible, dialog, expect, fits, heading, open, PASSWORD, test } from './support'

/** Presses Tab until the element has the focus; where the focus stands is seen at every stop. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible()
  for (let presses = 0; presses < 80; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
    const hidden = await page.evaluate(() => {
      const stop = document.activeElement
      if (!stop || stop === document.body) return ''
      const { outlineStyle, outlineWidth } = getComputedStyle(stop)
      const { width, height } = stop.getBoundingClientRect()
      const seen = outlineStyle !== 'none' && parseFloat(outlineWidth) > 0 && width > 0 && height > 0
      return seen ? '' : `${stop.localName}.${stop.className} ${stop.textContent?.trim().slice(0, 20)}`
    })
    expect(hidden, 'the focus is seen').toBe('')
  }
  throw new Error('eighty times Tab did not lead there')
}
/** Goes there by Tab and presses Enter. */
async function enter(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target)
  await page.keyboard.press('Enter')
}

test('who has no mouse signs in, takes the first task and acts', async ({ page }) => {
  await open(page)
  await tabTo(page, page.getByLabel('账号', { exact: true }))
  await page.keyboard.type('clerk.housing')
  await tabTo(page, page.getByLabel('密码', { exact: true }))
  await page.keyboard.type(PASSWORD)
  await page.keyboard.press('Enter')

  // The first stop leads past the navigation.
  const table = page.getByRole('table', { name: '我的待办' })
  await expect(table).toBeVisible()
  await enter(page, page.getByRole('link', { name: '跳到正文' }))
  await enter(page, table.getByRole('link', { name: /^受理/ }).first())
  await expect(page).toHaveURL(/\/applications\//)
  await expect(page.getByRole('main')).toBeFocused()

  // A dialog takes the focus, keeps it, and gives it back when it is left.
  const begin = page.getByRole('button', { name: '成为首接负责人' })
  await enter(page, begin)
  await expect(dialog(page)).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(dialog(page)).toBeHidden()
  await expect(begin).toBeFocused()
  await page.keyboard.press('Enter')
  await enter(page, dialog(page).getByRole('button', { name: '确认负责' }))
  await expect(dialog(page)).toBeHidden()
  await expect(begin).toBeHidden()
  // Whoever has acted stands in the page, not before its beginning.
  expect(await page.evaluate(() => document.activeElement?.closest('main') !== null)).toBe(true)
})

test('menus, tabs and the search open, move and close by keyboard', async ({ sit }) => {
  const page = await sit('second', '/')
  await enter(page, page.getByLabel(/账号菜单/))
  await expect(page.getByRole('button', { name: '退出登录' })).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: '退出登录' })).toBeHidden()
  await open(page, '/applications')
  await page.getByRole('table').getByRole('link').first().click()
  const tabs = page.getByRole('main').getByRole('tab')
  await tabTo(page, page.getByRole('tab', { selected: true }))
  await page.keyboard.press('ArrowRight')
  await expect(tabs.nth(1)).toBeFocused()
  await expect(tabs.nth(1)).toHaveAttribute('aria-selected', 'true')
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('combobox', { name: '查企业、证号、办件编号' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('combobox')).toBeHidden()
})

test('at 200 % nothing is lost', async ({ sit }) => {
  // A desk of 1440 px at twice the size: 720 px of the page, two dots each.
  const page = await sit('clerk', '/', { viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 })
  await expect(heading(page)).toBeVisible()
  await fits(page)
  await open(page, '/applications?state=submitted')
  await page.getByRole('table').getByRole('link').first().click()
  await expect(page.getByRole('tablist').first()).toBeVisible()
  await fits(page)
  await page.getByRole('button', { name: '不予受理', exact: true }).click()
  const act = dialog(page).getByRole('button', { name: '下一步：预览文书' })
  await act.scrollIntoViewIfNeeded()
  await expect(act).toBeInViewport()
  await accessible(page)
  await fits(page)
  for (const path of ['/applications', '/licences', '/enterprises', '/figures']) {
    await open(page, path)
    await expect(heading(page)).toBeVisible()
    await fits(page)
  }
})

test('on a slow network that fails, what was typed stays and goes out once', async ({ sit }) => {
  const page = await sit('admin', '/enterprises')
  await page.getByRole('table').getByRole('link').nth(5).click()
  const network = await page.context().newCDPSession(page)
  await network.send('Network.emulateNetworkConditions', { offline: false, latency: 300, downloadThroughput: 40_000, uploadThroughput: 20_000 })
  await page.getByRole('button', { name: '修改' }).click()
  await dialog(page).getByLabel('法定代表人').fill('慢网测试')
  let tries = 0
  await page.route('**/api/v1/enterprises/*', (route) => (route.request().method() === 'GET' ? route.continue() : ((tries += 1), route.abort())))
  await dialog(page).getByRole('button', { name: '保存修改' }).click()
  await expect(dialog(page).getByRole('alert')).toContainText('没有连上服务器')
  await expect(dialog(page).getByLabel('法定代表人')).toHaveValue('慢网测试')
  expect(tries).toBeGreaterThan(0)
  await accessible(page)
  await page.unroute('**/api/v1/enterprises/*')
  await dialog(page).getByRole('button', { name: '保存修改' }).click()
  await expect(dialog(page)).toBeHidden()
  await expect(page.getByText('慢网测试')).toBeVisible()
})
