import type { Page } from '@playwright/test'
import { dialog, expect, fits, heading, open, PHONE, sound, test } from './support'

/** Fills the question of a dialog and answers it. */
async function answer(page: Page, field: string, words: string, action: string): Promise<void> {
  await dialog(page).getByLabel(field).fill(words)
  await sound(page)
  await dialog(page).getByRole('button', { name: action, exact: true }).click()
  await expect(dialog(page)).toBeHidden()
}

test('a problem found by a joint meeting is reported, sent back, reported again and closed by another person', async ({ sit }) => {
  const convener = await sit('second', '/collaboration/meetings/new')
  const water = await sit('water')
  const other = await sit('first')
  const found = `河道旁储罐没有围堰 ${Date.now()}`

  await test.step('the meeting is entered; what was left blank is told at its field', async () => {
    await convener.getByRole('button', { name: '登记会议' }).click()
    await expect(convener.getByRole('alert')).toContainText('会议名称')
    await expect(convener.getByLabel('会议名称')).toHaveAttribute('aria-invalid', 'true')
    await convener.getByLabel('会议名称').fill('危险化学品企业联合检查协调会')
    await convener.getByLabel('会议地点').fill('市应急局二楼会议室')
    await convener.getByRole('checkbox', { name: '市应急局' }).check()
    await convener.getByRole('checkbox', { name: '市水利局' }).check()
    await convener.getByLabel('会议纪要').fill('会议研究了沿河企业的储罐防护，议定由市水利局牵头整改。')
    await convener.getByRole('button', { name: '添加问题' }).click()
    await sound(convener)
    await convener.getByLabel('问题', { exact: true }).fill(found)
    await convener.getByLabel('整改要求').fill('督促企业修建围堰并验收')
    await convener.getByLabel('责任部门').selectOption({ label: '市水利局' })
    const site = (await (await convener.request.get('/api/v1/site')).json()) as { today: string }
    await convener.getByLabel('整改期限').fill(site.today)
    await convener.reload()
    await expect(convener.getByText('已接着上次没有登记的内容填写')).toBeVisible()
    await expect(convener.getByLabel('会议地点')).toHaveValue('市应急局二楼会议室')
    await convener.getByRole('button', { name: '登记会议' }).click()
    await expect(heading(convener)).toHaveText('危险化学品企业联合检查协调会')
    await expect(convener.getByText('1 个问题，0 个已核销')).toBeVisible()
    await sound(convener)
  })

  await test.step('the department finds it in its home, due today, and reports', async () => {
    await open(water, '/')
    const row = water.getByRole('row').filter({ hasText: found })
    await expect(row).toContainText('今天到期')
    await sound(water)
    await row.getByRole('link', { name: /^报结/ }).click()
    await expect(heading(water)).toHaveText(found)
    await water.getByRole('button', { name: '上报整改情况' }).click()
    await answer(water, '整改情况', '已督促企业修建围堰。', '报结')
    await expect(water.getByText('已报结，等待市应急局核销')).toBeVisible()
    await expect(water.getByRole('button', { name: '上报整改情况' })).toBeHidden()
    await sound(water)
  })

  await test.step('another person sends it back; it is reported again and closed', async () => {
    await open(other, '/collaboration/duties')
    const task = other.getByRole('link', { name: `核销：${found}` })
    await task.click()
    await other.getByRole('button', { name: '核销或者退回' }).click()
    await dialog(other).getByLabel('没有改好，退回继续整改').check()
    await answer(other, '核查意见', '围堰高度不够。', '提交核查意见')
    await expect(other.getByText('等待市水利局报结')).toBeVisible()
    await water.reload()
    await water.getByRole('button', { name: '上报整改情况' }).click()
    await answer(water, '整改情况', '围堰已加高到 1.2 米。', '报结')
    await other.reload()
    await other.getByRole('button', { name: '核销或者退回' }).click()
    await dialog(other).getByLabel('已改好，核销').check()
    await answer(other, '核查意见', '现场复核合格。', '提交核查意见')
    await expect(other.getByText('已核销').first()).toBeVisible()
    await expect(other.getByRole('listitem').filter({ hasText: '围堰高度不够' })).toBeVisible()
    await sound(other)
  })
})

test('a referral to the police is received within its hours and answered, on a phone', async ({ sit }) => {
  const sender = await sit('first', '/collaboration/referrals/new')
  const police = await sit('police', '/', { viewport: PHONE })
  const what = `伪造检测报告的线索 ${Date.now()}`
  await sender.getByRole('button', { name: '移送', exact: true }).click()
  await expect(sender.getByRole('alert')).toContainText('请选择接收部门')
  await sender.getByLabel('接收部门').selectOption({ label: '市公安局' })
  await sender.getByLabel('移送事由').fill(what)
  await sender.getByLabel('移送内容').fill('提交的检测报告编号在检测机构查不到，附报告复印件。')
  await sender.getByRole('searchbox', { name: '涉及企业' }).fill('演示')
  await sender.locator('ul.found button').first().click()
  await sound(sender)
  await sender.getByRole('button', { name: '移送', exact: true }).click()
  await expect(dialog(sender)).toContainText('市公安局')
  await dialog(sender).getByRole('button', { name: '移送', exact: true }).click()
  await expect(heading(sender)).toHaveText(what)
  await expect(sender.getByText(/剩 2[34] 小时/)).toBeVisible()
  await expect(sender.getByText('等待市公安局签收')).toBeVisible()
  await sound(sender)

  await open(police, '/')
  await fits(police)
  await police.getByRole('link', { name: `签收：${what}` }).click()
  await police.getByRole('button', { name: '签收', exact: true }).click()
  await answer(police, '收文号', '洪公收〔2026〕18号', '签收')
  await expect(police.getByText('收文号：洪公收〔2026〕18号')).toBeVisible()
  await police.getByRole('button', { name: '反馈或者退回' }).click()
  await answer(police, '内容', '已立案侦查。', '提交')
  await expect(police.getByText('已反馈结果')).toBeVisible()
  await sound(police)
  await sender.reload()
  await expect(sender.getByText('已立案侦查。')).toBeVisible()
})

test('the ledger names who is late, narrows by department and light, keeps its filters in the address, and goes out as xlsx', async ({ sit }) => {
  const page = await sit('regulator', '/collaboration/ledger')
  await expect(heading(page)).toHaveText(/项/)
  const number = page.getByRole('button', { name: /已超期 \d+ 项，只看这些/ }).first()
  const count = Number(await number.innerText())
  await number.click()
  await expect(page).toHaveURL(/department=.*light=red|light=red.*department=/)
  await expect(page.getByRole('table').locator('tbody tr')).toHaveCount(count)
  await sound(page)
  await page.reload()
  await expect(page.getByRole('table').locator('tbody tr')).toHaveCount(count)
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '导出 Excel' }).click()])
  expect(file.suggestedFilename()).toMatch(/\.xlsx$/)
  await page.getByRole('table').locator('tbody tr').first().getByRole('link').first().click()
  await expect(page).toHaveURL(/\/applications\//)
})

test('each end of government has a home and no place that is closed to it; a member of the committee sees only its own', async ({ sit }) => {
  test.slow()
  for (const login of ['regulator', 'inspector', 'auditor', 'fire', 'clerk', 'regulator.donghu']) {
    const page = await sit(login, '/')
    await expect(heading(page)).not.toBeEmpty()
    const rail = page.getByRole('navigation', { name: /主导航|导航/ }).first()
    const places = await rail.getByRole('link').evaluateAll((links) => links.map((link) => new URL((link as HTMLAnchorElement).href).pathname))
    expect(places.length).toBeGreaterThan(1)
    if (login === 'fire') expect(places.some((place) => place.includes('ledger') || place.endsWith('/collaboration'))).toBe(false)
    for (const place of places) {
      await page.goto(place)
      await expect(heading(page)).not.toBeEmpty()
      expect(page.url(), `${login} ${place}`).not.toContain('forbidden')
    }
  }
})
