import { accessible, code, CORE, expect, open, PASSWORD, PHONE, signIn, stepNow, test } from './support'

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

test('search by keyboard finds, and leads there', async ({ sit }) => {
  const page = await sit('clerk', '/')
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
  await page.getByLabel('再次输入新密码').fill('short')
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

test('a second factor is set up, asked for and taken out again', { tag: CORE }, async ({ page }) => {
  const account = 'regulator.anyi'
  await signIn(page, account, '/security')
  await page.getByRole('button', { name: '启用动态口令' }).click()
  const secret = await page.locator('.mono').innerText()
  await accessible(page)
  // A code works once, and a step beside the present one is taken: three codes in a row need no waiting.
  let used = 0
  const next = (): string => code(secret, (used = Math.max(used + 1, stepNow() - 1)))
  await expect(async () => {
    await page.getByLabel('验证器上的六位数字').fill(next())
    await page.getByRole('button', { name: '确认启用' }).click()
    await expect(page.getByText('动态口令已启用。')).toBeVisible({ timeout: 5_000 })
  }).toPass()

  await page.getByLabel(/账号菜单/).click()
  await page.getByRole('button', { name: '退出登录' }).click()
  await page.getByLabel('账号', { exact: true }).fill(account)
  await page.getByLabel('密码', { exact: true }).fill(PASSWORD)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  const field = page.getByLabel('动态口令')
  await expect(field).toBeFocused()
  await accessible(page)
  await expect(async () => {
    await field.fill(next())
    await page.getByRole('button', { name: '验证并登录' }).click()
    await expect(page.getByLabel(/账号菜单/)).toBeVisible({ timeout: 5_000 })
  }).toPass()

  await open(page, '/security')
  await page.getByRole('button', { name: '停用动态口令' }).click()
  await expect(async () => {
    await page.getByLabel('停用前再输一次六位数字').fill(next())
    await page.getByRole('button', { name: '停用动态口令' }).click()
    await expect(page.getByText('动态口令已停用。')).toBeVisible({ timeout: 5_000 })
  }).toPass()
})

test('an address waits for its proof where nothing can be sent, and locks nobody in', async ({ page }) => {
  // The demo has no mail server.
  const account = 'regulator.anyi'
  await signIn(page, account, '/notices/preferences')
  await page.getByLabel(/^邮箱/).fill('typing@example.com')
  await expect(page.getByText('保存以后会发去验证码')).toBeVisible()
  await page.getByRole('button', { name: '保存设置' }).click()
  const proofs = page.getByRole('region', { name: '待验证的地址' })
  await expect(proofs).toContainText('typing@example.com')
  await expect(proofs).toContainText('还没有开通电子邮件，现在发不出验证码')
  await expect(proofs.getByRole('textbox')).toHaveCount(0)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('只在平台内通知您')
  await page.setViewportSize(PHONE)
  await accessible(page)
  await page.getByLabel(/^邮箱/).fill('')
  await page.getByRole('button', { name: '保存设置' }).click()
  await expect(page.getByText('设置已保存。')).toBeVisible()
  await expect(proofs).toBeHidden()
})

test('the theme is chosen once and stands before the first paint', async ({ sit }) => {
  const page = await sit('clerk', '/')
  await page.getByRole('button', { name: '深色界面' }).click()
  await page.reload()
  await expect(page.locator('html')).toHaveClass(/dark/)
})
