import { accessible, code, expect, fits, open, PASSWORD, signIn, test } from './support'

for (const [width, scheme] of [[1440, 'light'], [1440, 'dark'], [360, 'light'], [360, 'dark']] as const) {
  test(`login, work list and account at ${width} px, ${scheme}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 800 })
    await page.emulateMedia({ colorScheme: scheme })
    await open(page)
    await expect(page.getByRole('heading', { name: '登录办事' })).toBeVisible()
    await expect(page.getByRole('note')).toContainText('演示环境')
    await accessible(page)
    await fits(page)
    await signIn(page, 'reviewer')
    await expect(page.getByRole('table', { name: '我的待办' })).toBeVisible()
    await accessible(page)
    await fits(page)
    await open(page, '/security')
    await expect(page.getByRole('heading', { level: 1 })).toContainText('登录着这个账号')
    await accessible(page)
    await fits(page)
  })
}

test('a wrong password is told at the form, and the field is kept', async ({ page }) => {
  await open(page)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('有 2 处需要修改')
  await page.getByLabel('账号', { exact: true }).fill('auditor')
  await page.getByLabel('密码', { exact: true }).fill('wrong')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await expect(page.getByRole('alert')).toContainText('登录名或密码不正确')
  await expect(page.getByLabel('账号', { exact: true })).toHaveValue('auditor')
  await accessible(page)
})

test('search by keyboard finds, and leads there', async ({ page }) => {
  await signIn(page, 'clerk')
  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: '查企业、证号、办件编号' }).fill('南昌')
  await expect(page.getByRole('option').first()).toBeVisible()
  await accessible(page)
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/app\/(enterprises|licences|applications)\//)
})

test('a session that ends under a form is renewed over it, and the act goes on', async ({ page, context }) => {
  await signIn(page, 'regulator', '/security')
  await page.getByLabel('原密码').fill(PASSWORD)
  await page.getByLabel('新密码', { exact: true }).fill('short')
  await page.getByLabel('再输一遍新密码').fill('short')
  await context.clearCookies()
  await page.getByRole('button', { name: '修改密码' }).click()
  const dialog = page.getByRole('dialog', { name: '登录已到期，请重新登录' })
  await expect(dialog).toBeVisible()
  await accessible(page)
  await expect(dialog.getByLabel('账号', { exact: true })).toHaveValue('regulator')
  await dialog.getByLabel('密码', { exact: true }).fill(PASSWORD)
  await dialog.getByRole('button', { name: '登录', exact: true }).click()
  await expect(dialog).toBeHidden()
  // The request that was under way went on, and what was typed is still there.
  await expect(page.getByRole('alert')).toContainText('至少')
  await expect(page.getByLabel('原密码')).toHaveValue(PASSWORD)
})

test('a second factor is set up, asked for and taken out again', async ({ page }) => {
  test.setTimeout(150_000)
  const account = 'regulator.anyi'
  await signIn(page, account, '/security')
  await page.getByRole('button', { name: '启用动态口令' }).click()
  const secret = await page.locator('.mono').innerText()
  await accessible(page)
  await page.getByLabel('验证器上的六位数字').fill(code(secret))
  await page.getByRole('button', { name: '确认启用' }).click()
  await expect(page.getByText('动态口令已启用。')).toBeVisible()

  await page.getByLabel(/账号菜单/).click()
  await page.getByRole('button', { name: '退出登录' }).click()
  await page.getByLabel('账号', { exact: true }).fill(account)
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  const field = page.getByLabel('动态口令')
  await expect(field).toBeFocused()
  await accessible(page)
  // A code works once; the next step's is the next that works.
  await expect(async () => {
    await field.fill(code(secret))
    await page.getByRole('button', { name: '验证并登录' }).click()
    await expect(page.getByLabel(/账号菜单/)).toBeVisible({ timeout: 1_000 })
  }).toPass({ intervals: [11_000], timeout: 60_000 })

  await open(page, '/security')
  await page.getByRole('button', { name: '停用动态口令' }).click()
  await expect(async () => {
    await page.getByLabel('停用前再输一次六位数字').fill(code(secret))
    await page.getByRole('button', { name: '停用动态口令' }).click()
    await expect(page.getByText('动态口令已停用。')).toBeVisible({ timeout: 1_000 })
  }).toPass({ intervals: [11_000], timeout: 60_000 })
})

test('a lost address and a page of another role say what to do', async ({ page }) => {
  await signIn(page, 'auditor')
  await open(page, '/nowhere')
  await expect(page.getByRole('heading', { name: '没有这个页面' })).toBeVisible()
  await accessible(page)
  await open(page, '/tasks')
  await expect(page.getByRole('heading', { name: '您没有打开这个页面的权限' })).toBeVisible()
})

test('the theme is chosen once and stands before the first paint', async ({ page }) => {
  await signIn(page, 'clerk')
  await page.getByRole('button', { name: '深色界面' }).click()
  await page.reload()
  await expect(page.locator('html')).toHaveClass(/dark/)
})
