import type { Page } from '@playwright/test'
import { act, answer, placeOf, send, state } from './acts'
import { dialog, expect, heading, LONG, pdf, type Seat, sound } from './support'

/** What people do in a case file. */

/** What was found goes in, with a first piece of evidence. */
export async function found(page: Page, facts: string): Promise<void> {
  await page.getByRole('region', { name: '现在要办的' }).getByRole('button', { name: '写调查结论' }).click()
  await answer(page, { 查明的事实: facts, 违反的规定: '《安全生产许可证条例》第十四条第一款', 依据条款: '《安全生产许可证条例》第十四条第二款', 可以公开的理由: '不再具备安全生产条件' }, '保存结论')
  await expect(page.getByRole('region', { name: '调查结论' })).toContainText(facts)
  await page.getByLabel('证明什么').fill('现场情况')
  await page.getByLabel(/^文件/).setInputFiles(pdf(`${facts}.pdf`))
  await page.getByRole('button', { name: '入卷', exact: true }).click()
  await expect(page.getByRole('region', { name: '证据 1 件' })).toContainText('现场情况')
  await sound(page)
}
export async function decided(sit: Seat, address: string): Promise<void> {
  const leader = await sit('approver', '/cases?waits=1')
  await leader.getByRole('main').locator(`a[href="/app${address}"]`).first().click()
  await sound(leader)
  await act(leader, '审批')
  await dialog(leader).getByRole('radio', { name: /^同意，作出决定/ }).check()
  await dialog(leader).getByLabel('审批意见').fill('同意。')
  await send(leader, '提交')
  await state(leader, '已决定')
}
/** The paper that waits is served as soon as it is signed. */
export async function serve(sit: Seat, address: string): Promise<void> {
  const clerk = await sit('clerk', address)
  await clerk.getByRole('region', { name: '现在要办的' }).getByRole('button', { name: '登记送达' }).click(LONG)
  await answer(clerk, { 送达地点: '企业住所', 收件人: '王安全' }, '登记')
  await expect(clerk.getByRole('region', { name: '文书' })).toContainText('王安全 签收')
  await sound(clerk)
  await clerk.close()
}
/** A suspension is ended: opened on the licence's page, reviewed on site, decided and served. */
export async function givenBack(sit: Seat, inspector: Page, subject: string): Promise<void> {
  await inspector.getByRole('link', { name: '发还', exact: true }).click()
  await inspector.getByLabel('案由').fill(subject)
  await inspector.getByLabel('复查结论').fill('三处隐患均已消除，复查合格')
  await inspector.getByRole('button', { name: '确认立案' }).click()
  await expect(heading(inspector)).toHaveText(/^发还：/)
  await found(inspector, '复查确认三处隐患均已消除')
  await act(inspector, '报批')
  await answer(inspector, { 报批意见: '复查合格，拟发还。' }, '提交审批')
  await decided(sit, placeOf(inspector))
  await serve(sit, placeOf(inspector))
}
