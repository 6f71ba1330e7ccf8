import { writeFileSync } from 'node:fs'
import type { Page } from '@playwright/test'
import { accept, act, answer, complete, examine, grant, later, live, placeOf, read, send, state, today } from './acts'
import { decided, found, givenBack, serve } from './cases'
import { certificate, kept, papers, picture, verdict } from './papers'
import { creditCode, dialog, expect, heading, LONG, open, PASSWORD, PHONE, sound, test } from './support'

/**
 * One enterprise lived through, from the day it is registered to the day its last certificate is destroyed. Four years
 * pass, so nobody else is in the city any more: `scripts/e2e -- --project story --no-deps` tells it alone. Each chapter
 * finds by itself what the one before has left.
 */
test.describe.configure({ mode: 'serial' })

const KEEPER = 'story.keeper'
const NAME = '南昌梅岭石料开采有限公司'
const RENAMED = '南昌龘盛矿业有限公司'
const CODE = creditCode(987_654)
const LEAD = 'emergency'
/** Words of the checks. */
const GOOD = '证书是真的，许可证现在有效'
const OLD = '这是旧证书，已有新证取代'

interface Licence {
  id: string
  number: string
  status: string
  valid_until: string
  revision: number
}
/** The licences of whoever sits there, the newest first. */
async function licences(page: Page): Promise<Licence[]> {
  const { items } = await read<{ items: (Licence & { issued_on: string })[] }>(page, '/licences?limit=50')
  return items.sort((a, b) => b.number.length - a.number.length)
}
async function licence(page: Page): Promise<Licence> {
  const [newest] = await licences(page)
  if (!newest) throw new Error('no licence yet')
  return newest
}
/** What anybody with a phone is told of a number. */
async function status(stranger: Page, number: string): Promise<string> {
  await stranger.setViewportSize(PHONE)
  await stranger.goto(`/v/${encodeURIComponent(number)}`)
  await sound(stranger)
  return heading(stranger).innerText()
}
/** An enterprise asks for something about its licence; the window, the departments and the leader do their part. */
async function asked(holder: Page, kind: string, facet: string, answers: (page: Page) => Promise<void>): Promise<string> {
  const { id } = await licence(holder)
  await open(holder, `/applications/new/noncoal_mine.${kind}?licence=${id}${facet && `&facet=${facet}`}`)
  await holder.getByRole('button', { name: '开始填写' }).click()
  await answers(holder)
  await holder.getByRole('button', { name: '下一步' }).click()
  return complete(holder)
}

test('a company comes into the register, and its keeper into the platform', async ({ sit, browser }) => {
  const clerk = await sit('clerk', '/enterprises')
  await clerk.getByRole('link', { name: '登记企业' }).click()
  await clerk.getByLabel('企业名称').fill(NAME)
  await clerk.getByLabel('统一社会信用代码').fill(CODE)
  await clerk.getByLabel('经济类型').fill('有限责任公司')
  await clerk.getByLabel('法定代表人').fill('万石山')
  await clerk.getByLabel('住所').fill('江西省南昌市湾里梅岭镇采石路1号')
  await clerk.getByRole('combobox', { name: '属地' }).first().selectOption({ label: '新建区' })
  await clerk.getByLabel('规模').selectOption({ label: '小型' })
  await sound(clerk)
  await clerk.getByRole('button', { name: '登记', exact: true }).click()
  await expect(heading(clerk)).toHaveText(NAME)
  await sound(clerk)

  const admin = await sit('admin', '/admin/accounts/new')
  await admin.getByRole('radio', { name: '企业' }).check()
  await admin.getByLabel('登录名').fill(KEEPER)
  await admin.getByLabel('姓名').fill('石小梅')
  await admin.getByRole('checkbox', { name: '企业证照管理员' }).check()
  await admin.getByRole('searchbox', { name: '企业' }).fill('梅岭石料')
  await admin.getByRole('button', { name: new RegExp(NAME) }).click()
  await sound(admin)
  await admin.getByRole('button', { name: '建立账号' }).click()
  await expect(heading(admin)).toContainText('账号已建立')
  const first = await admin.locator('.mono.strong').innerText()

  const context = await browser.newContext({ locale: 'zh-CN' })
  const page = await context.newPage()
  await open(page)
  await page.getByLabel('账号', { exact: true }).fill(KEEPER)
  await page.getByLabel('密码', { exact: true }).fill(first)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await page.getByLabel('原密码').fill(first)
  await page.getByLabel('新密码', { exact: true }).fill(PASSWORD)
  await page.getByLabel('再次输入新密码').fill(PASSWORD)
  await page.getByRole('button', { name: '修改密码' }).click()
  await expect(page.getByRole('navigation', { name: '主导航' })).toBeVisible()
  await context.close()
})

test('the first licence', async ({ sit }) => {
  test.slow()
  const holder = await sit(KEEPER, '/applications/new')
  await holder.getByRole('button', { name: /^开始填写：非煤矿/ }).click()
  await holder.getByLabel('申请的许可范围').fill('建筑用花岗岩露天开采')
  const address = await complete(holder)
  const clerk = await accept(sit, address, LEAD)
  const leader = await examine(sit, address, LEAD)
  await grant(leader)
  const progress = leader.getByRole('region', { name: '发证进度' })
  await expect(progress.getByRole('link', { name: '看证书' })).toBeVisible(LONG)
  await picture(leader, '01-granted')
  await clerk.getByRole('tab', { name: '我的办理' }).click()
  await act(clerk, '登记送达')
  await dialog(clerk).getByLabel('送达地点').fill('政务服务大厅')
  await send(clerk, '确认送达')
  await expect(clerk.getByRole('region', { name: '发证进度' })).toContainText('已送达')

  // Every paper that went out, as the enterprise reads it.
  await open(holder, address)
  await papers(holder, '01', [NAME])
  await sound(holder)
})

test('its certificate, and what anybody is told of it', async ({ sit, page: stranger }) => {
  const holder = await sit(KEEPER, '/licences')
  const one = await licence(holder)
  await open(holder, `/licences/${one.id}`)
  const file = await certificate(holder, '01-', [NAME, '万石山', '建筑用花岗岩露天开采', one.number])
  await picture(holder, '01-holder')
  expect(await status(stranger, one.number)).toBe('这张许可证现在有效')
  expect(await verdict(stranger, file)).toBe(GOOD)
  await picture(stranger, '01-public')
})

test('handed over, hung up, looked at', async ({ sit }) => {
  const holder = await sit(KEEPER, '/', { viewport: PHONE })
  const { id } = await licence(holder)
  const clerk = await sit('clerk', `/licences/${id}`)
  await act(clerk, '发放')
  await answer(clerk, { 领取人: '石小梅', 身份凭证: '法定代表人授权书', 地点: '政务服务大厅' }, '确认发放')
  await expect(clerk.getByRole('tabpanel')).toContainText('发放')
  await open(holder, '/')
  const todo = holder.getByRole('region', { name: '现在要办的' })
  await todo.getByRole('listitem').filter({ hasText: '悬挂' }).getByRole('link').last().click()
  await act(holder, '确认悬挂')
  await answer(holder, { 悬挂的地点: '矿部办公楼大厅' }, '确认')
  await state(holder, '已悬挂')
  await sound(holder)
  await picture(holder, '02-posted')
})

test('a new name, and a new certificate', async ({ sit, page: stranger }) => {
  test.slow()
  const holder = await sit(KEEPER, '/licences')
  const { id, number } = await licence(holder)
  const address = await asked(holder, 'change', 'name', async (page) => {
    await page.getByLabel('变更后的单位名称').fill(RENAMED)
    await page.getByLabel('变更日期').fill(await today(page))
  })
  await accept(sit, address, LEAD)
  await grant(await examine(sit, address, LEAD))
  await open(holder, address)
  await papers(holder, '03', [CODE, '变更'])
  await open(holder, `/licences/${id}`)
  await expect(holder.getByText('换证过渡期到', { exact: false })).toBeVisible(LONG)
  const file = await certificate(holder, '03-', [RENAMED, number])
  await picture(holder, '03-holder')
  expect(await status(stranger, number)).toBe('这张许可证有效，正在换发新证')
  await expect(stranger.getByText(RENAMED).first()).toBeVisible()
  await picture(stranger, '03-public')
  expect(await verdict(stranger, file)).toBe(GOOD)
  expect(await verdict(stranger, kept('01-正本.pdf'))).toBe(OLD)
  await picture(stranger, '03-public-old')
})

test('three years later it is renewed', async ({ sit, page: stranger }) => {
  test.setTimeout(1_800_000)
  const holder = await sit(KEEPER, '/licences')
  const before = await licence(holder)
  const now = await today(holder)
  const days = Math.round((Date.parse(before.valid_until) - Date.parse(now)) / 86_400_000) - 95
  if (days > 0) await live(sit, days)
  await open(holder, '/')
  await sound(holder)
  await picture(holder, '04-home')
  const address = await asked(holder, 'renewal', '', async (page) => {
    await page.getByRole('radio', { name: /^按审查程序延期/ }).check()
  })
  await accept(sit, address, LEAD)
  const leader = await examine(sit, address, LEAD)
  await grant(leader)
  await open(holder, address)
  await papers(holder, '04', [CODE])
  await open(holder, `/licences/${before.id}`)
  await expect(async () => {
    await holder.reload()
    expect((await licence(holder)).valid_until > before.valid_until).toBe(true)
  }).toPass(LONG)
  const after = await licence(holder)
  const file = await certificate(holder, '04-', [RENAMED, after.number, after.valid_until.slice(0, 4)])
  await picture(holder, '04-holder')
  console.log('renewed, on the day of the decision:', await status(stranger, after.number), '|', await verdict(stranger, file), '|', await verdict(stranger, kept('03-正本.pdf')))
  expect(await verdict(stranger, kept('03-正本.pdf'))).toBe(OLD)
  expect(await verdict(stranger, kept('01-正本.pdf'))).toBe(OLD)
  // The day after the first period: no gap.
  await live(sit, Math.round((Date.parse(before.valid_until) - Date.parse(await today(holder))) / 86_400_000) + 1)
  expect(await status(stranger, after.number)).toBe('这张许可证现在有效')
  await picture(stranger, '04-public')
  expect(await verdict(stranger, file)).toBe(GOOD)
  expect(await verdict(stranger, kept('03-正本.pdf'))).not.toBe(GOOD)
  expect(await verdict(stranger, kept('01-正本.pdf'))).not.toBe(GOOD)
})

test('lost, announced, replaced', async ({ sit, page: stranger }) => {
  test.slow()
  const holder = await sit(KEEPER, '/licences', { viewport: PHONE })
  const { id, number } = await licence(holder)
  await open(holder, `/licences/${id}`)
  await holder.getByRole('link', { name: '声明遗失' }).click()
  await holder.getByLabel('遗失日期').fill(await today(holder))
  await holder.getByLabel('遗失经过').fill('运输途中遗失正本和副本')
  await holder.getByRole('button', { name: '声明遗失并公告' }).click()
  await state(holder, '公告中')
  await picture(holder, '05-loss')
  await stranger.goto('/losses')
  await expect(stranger.getByText(number)).toBeVisible()
  await sound(stranger)
  await picture(stranger, '05-losses')
  console.log('lost:', await status(stranger, number), '|', await verdict(stranger, kept('04-正本.pdf')))
  await picture(stranger, '05-public-lost')

  await holder.getByRole('link', { name: '申请补办' }).click()
  await holder.getByRole('button', { name: '开始填写' }).click()
  await holder.getByLabel('发生日期').fill(await today(holder))
  await holder.getByLabel('情况说明').fill('运输途中遗失正本和副本，已登报声明')
  await holder.getByRole('button', { name: '下一步' }).click()
  const address = await complete(holder)
  await accept(sit, address, LEAD)
  await grant(await examine(sit, address, LEAD))
  await live(sit, 4)
  await open(holder, address)
  await papers(holder, '05', [CODE, '补办'])
  await open(holder, '/licences')
  await expect(holder.getByText(`${number}-1`).first()).toBeVisible()
  await picture(holder, '05-licences')
  const fresh = await licence(holder)
  expect(fresh.number).toBe(`${number}-1`)
  await open(holder, `/licences/${fresh.id}`)
  const file = await certificate(holder, '05-', [RENAMED, fresh.number])
  expect(await status(stranger, number)).toBe('这张许可证已被新证取代')
  await picture(stranger, '05-public-old')
  expect(await status(stranger, fresh.number)).toBe('这张许可证现在有效')
  await picture(stranger, '05-public')
  expect(await verdict(stranger, file)).toBe(GOOD)
  for (const old of ['01-正本.pdf', '03-正本.pdf', '04-正本.pdf']) expect(await verdict(stranger, kept(old)), old).toBe(OLD)
})

test('suspended, and given back', async ({ sit, page: stranger }) => {
  test.slow()
  const holder = await sit(KEEPER, '/licences')
  const { id, number } = await licence(holder)
  const inspector = await sit('inspector', `/licences/${id}`)
  await inspector.getByRole('link', { name: '暂扣', exact: true }).click()
  await inspector.getByLabel('案由').fill('重大事故隐患逾期未整改')
  await inspector.getByLabel('暂扣终止日').fill(later(await today(inspector), 29))
  await inspector.getByLabel('发还条件').fill('重大事故隐患整改完毕，经复查合格')
  const fits = inspector.getByLabel('适用的情形')
  if ((await fits.inputValue()) === '') await fits.selectOption({ index: 1 })
  await inspector.getByRole('button', { name: '确认立案' }).click()
  await expect(heading(inspector)).toHaveText(/^暂扣：/)
  const address = placeOf(inspector)
  await found(inspector, '现场检查发现三处重大事故隐患')
  await act(inspector, '事先告知')
  await send(inspector, '制作告知书')
  await serve(sit, address)
  await inspector.reload()
  await act(inspector, '登记当事人意见')
  await dialog(inspector).getByRole('radio', { name: /^放弃/ }).check()
  await answer(inspector, { 内容: '企业出具书面声明，放弃陈述、申辩。' }, '登记')
  await act(inspector, '报批')
  await answer(inspector, { 报批意见: '事实清楚，拟暂扣三十日。' }, '提交审批')
  await decided(sit, address)
  await serve(sit, address)
  await open(inspector, address)
  await papers(inspector, '06-暂扣', [RENAMED])
  await picture(inspector, '06-case')

  expect(await status(stranger, number)).toBe('这张许可证被暂扣，现在不能使用')
  await picture(stranger, '06-public')
  expect(await verdict(stranger, kept('05-正本.pdf'))).toBe('证书是真的，但是许可证被暂扣')
  for (const old of ['01-正本.pdf', '03-正本.pdf', '04-正本.pdf']) expect(await verdict(stranger, kept(old)), old).toBe(OLD)
  await open(holder, `/licences/${id}`)
  await sound(holder)
  await picture(holder, '06-holder')

  // Its last day does not end it; a decision does.
  await live(sit, 31)
  expect(await status(stranger, number)).toBe('这张许可证被暂扣，现在不能使用')
  await open(inspector, `/licences/${id}`)
  await givenBack(sit, inspector, '暂扣期满，申请发还')
  await open(inspector, placeOf(inspector))
  await papers(inspector, '06-发还', [RENAMED])
  expect(await status(stranger, number)).toBe('这张许可证现在有效')
  expect(await verdict(stranger, kept('05-正本.pdf'))).toBe(GOOD)
})

test('at work elsewhere', async ({ sit }) => {
  const holder = await sit(KEEPER, '/licences', { viewport: PHONE })
  const { id } = await licence(holder)
  await open(holder, `/licences/${id}`)
  await holder.getByRole('link', { name: /异地作业/ }).click()
  await expect(heading(holder)).toHaveText('异地作业备案')
  const region = holder.getByRole('combobox', { name: '作业所在地' })
  await region.nth(0).selectOption({ label: '江西省' })
  await region.nth(1).selectOption({ label: '赣州市' })
  await holder.getByLabel('作业地点').fill('赣州经济技术开发区采石场')
  await holder.getByLabel('作业内容').fill('露天台阶爆破')
  await holder.getByLabel('现场安全负责人').fill('赵勇 13800138000')
  const day = await today(holder)
  await holder.getByLabel('开始日期').fill(day)
  await holder.getByLabel('结束日期').fill(later(day, 2))
  await sound(holder)
  await holder.getByRole('button', { name: '提交备案' }).click()
  await state(holder, '待报告')
  await sound(holder)
  const address = placeOf(holder)
  await live(sit, 3)
  await open(holder, address)
  await act(holder, '提交报告')
  await answer(holder, { 报告内容: '作业完成，无事故。' }, '提交')
  await state(holder, '已报告')
  await picture(holder, '07-elsewhere')
})

test('given up, taken back and destroyed by two', async ({ sit, page: stranger }) => {
  test.slow()
  const holder = await sit(KEEPER, '/licences')
  const { id, number } = await licence(holder)
  const address = await asked(holder, 'deregistration', 'ceased', async (page) => {
    await page.getByLabel('发生日期').fill(await today(page))
    await page.getByLabel('情况说明').fill('矿山闭坑，设备已经撤出，边坡已经治理')
  })
  await accept(sit, address, LEAD)
  await grant(await examine(sit, address, LEAD))
  await expect(async () => expect(await status(stranger, number)).toBe('这张许可证已经注销')).toPass(LONG)
  await picture(stranger, '08-public')
  expect(await verdict(stranger, kept('05-正本.pdf'))).toBe('证书是真的，但是许可证已经注销')
  for (const old of ['01-正本.pdf', '03-正本.pdf', '04-正本.pdf']) expect(await verdict(stranger, kept(old)), old).toBe(OLD)

  await open(holder, address)
  await papers(holder, '08', [CODE, '注销'])

  const clerk = await sit('clerk', `/licences/${id}`)
  await clerk.getByRole('tab', { name: /^备案/ }).click()
  await clerk.getByRole('tabpanel').getByRole('link', { name: /交回证书/ }).first().click()
  await act(clerk, '登记交回')
  await answer(clerk, { 交回的证书: '正本 1 份、副本 1 份' }, '登记')
  await act(clerk, '登记销毁')
  await answer(clerk, { 销毁方式: '碎纸机粉碎' }, '确认已销毁')
  await state(clerk, '待监销')
  const inspector = await sit('inspector', placeOf(clerk))
  await act(inspector, '确认监销')
  await answer(inspector, {}, '确认监销')
  await state(inspector, '已销毁')
  await picture(inspector, '08-destroyed')
  await open(holder, `/licences/${id}`)
  await sound(holder)
  await picture(holder, '08-holder')
})

test('its life, as the file tells it', async ({ sit }) => {
  const holder = await sit(KEEPER, '/enterprise')
  const timeline = holder.getByRole('region', { name: '时间线' })
  const older = timeline.getByRole('button', { name: '更早的' })
  await expect(timeline.getByRole('listitem').first()).toBeVisible()
  while (await older.isVisible()) {
    const count = await timeline.getByRole('listitem').count()
    await older.click()
    await expect.poll(() => timeline.getByRole('listitem').count()).toBeGreaterThan(count)
  }
  const lines = (await timeline.getByRole('listitem').allInnerTexts()).reverse().map((one) => one.replace(/\s*\n\s*/g, '　'))
  writeFileSync(kept('timeline.txt'), `${lines.join('\n')}\n`)
  console.log(lines.join('\n'))
  await picture(holder, '09-timeline')
  const told = ['颁发许可证', '准予变更', '准予延期', '遗失', '补发许可证', '暂扣许可证', '发还许可证', '异地作业', '注销许可证', '监销'].map((title) => lines.findIndex((line) => line.includes(title)))
  expect(told.every((at) => at >= 0), JSON.stringify(told)).toBe(true)
  expect(told).toEqual([...told].sort((a, b) => a - b))
})
