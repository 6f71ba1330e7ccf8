import { accessible, expect, heading, open, test } from './support'

test('an account is made, its password is changed at the first login, and it is locked again', async ({ sit, browser }) => {
  const page = await sit('admin', '/admin/accounts/new')
  const login = `e2e.${Date.now().toString(36)}`
  await page.getByRole('button', { name: '建立账号' }).click()
  await expect(page.getByRole('alert')).toContainText('请至少选择一个角色')
  await accessible(page)
  await page.getByLabel('登录名').fill(login)
  await page.getByLabel('姓名').fill('测试员')
  await page.getByRole('checkbox', { name: '部门审查员' }).check()
  await page.getByLabel(/^部门/).selectOption({ label: '南昌市消防救援支队' })
  await page.getByRole('button', { name: '建立账号' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('账号已建立')
  await accessible(page)
  const first = await page.locator('.mono.strong').innerText()

  const context = await browser.newContext({ locale: 'zh-CN' })
  const other = await context.newPage()
  await open(other)
  await other.getByLabel('账号', { exact: true }).fill(login)
  await other.getByLabel('密码', { exact: true }).fill(first)
  await other.getByRole('button', { name: '登录', exact: true }).click()
  await expect(other.getByRole('heading', { name: '先改初始密码，再开始办事' })).toBeVisible()
  await other.getByLabel('原密码').fill(first)
  await other.getByLabel('新密码', { exact: true }).fill('Anxu-e2e-2026x')
  await other.getByLabel('再次输入新密码').fill('Anxu-e2e-2026x')
  await other.getByRole('button', { name: '修改密码' }).click()
  await expect(other.getByRole('navigation', { name: '主导航' })).toBeVisible()
  await expect(heading(other)).not.toHaveText('先改初始密码，再开始办事')

  await page.getByRole('link', { name: '账号信息' }).click()
  await page.getByLabel('账号状态').selectOption({ label: '停用' })
  await page.getByRole('button', { name: '保存修改' }).click()
  await expect(page.getByText('停用', { exact: true }).first()).toBeVisible()
  // Locked means out, at once.
  await other.reload()
  await expect(other.getByRole('heading', { name: '登录办事' })).toBeVisible()
  await context.close()
})

test('an auditor follows an event to its proof, which this browser computes', async ({ sit }) => {
  const page = await sit('auditor', '/admin/audit?kind=licence.')
  await page.getByRole('button', { name: /^查看/ }).first().click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('status')).toContainText('验证通过')
  await accessible(page)
  await dialog.getByRole('button', { name: '只看这个对象' }).click()
  await expect(page.getByText('只看一个对象')).toBeVisible()
  await expect(page).toHaveURL(/subject_id=/)
  await expect(page.getByRole('button', { name: /颁发许可证|制作电子证照|接管/ }).first()).toBeVisible()
})

test('who administers nothing sees nothing of it', async ({ sit }) => {
  const page = await sit('clerk', '/')
  await expect(page.getByRole('navigation', { name: '主导航' }).getByRole('link', { name: '审计' })).toHaveCount(0)
  await open(page, '/admin/accounts')
  await expect(page.getByRole('heading', { name: '您没有打开这个页面的权限' })).toBeVisible()
})

test('one press logs in to a demo', async ({ page }) => {
  await open(page, '/login')
  const accounts = page.getByRole('region', { name: '演示账号，点一下就登录' })
  await expect(accounts.getByRole('button').first()).toBeVisible()
  await accessible(page)
  await accounts.getByRole('button', { name: /应急局窗口受理员/ }).click()
  await expect(page.getByLabel(/账号菜单/)).toBeVisible()
})
