import type { Page } from '@playwright/test'
import { act, placeOf, today } from './acts'
import { accessible, dialog, expect, heading, LONG, open, PHONE, type Seat, sound, test } from './support'

/** Two officers of different departments visit a plant, each with a telephone, one of them without a network for a while. */

/** In the plant, as the satellites say. */
const HERE = { geolocation: { longitude: 115.892, latitude: 28.676, accuracy: 12 }, permissions: ['geolocation'] }
const SEEN = '控制室可燃气体报警器停用一处'

/** The application of the enterprise that is being examined, where whoever leads may order a visit. */
async function order(sit: Seat, address: string): Promise<Page> {
  const reviewer = await sit('reviewer', address)
  await act(reviewer, '安排现场核查')
  await dialog(reviewer).getByRole('button', { name: '确认安排' }).click()
  for (const fault of ['请选择核查日期', '请至少选 2 名核查人员', '请写明需要现场核实的内容和理由'])
    await expect(dialog(reviewer).getByRole('link', { name: fault })).toBeVisible()
  await accessible(reviewer)
  await dialog(reviewer).getByLabel('核查日期').fill(await today(reviewer))
  for (const login of ['reviewer', 'fire']) await choose(reviewer, await nameOf(sit, login))
  await expect(dialog(reviewer).getByText('已选 2 人')).toBeVisible()
  await dialog(reviewer).getByLabel('需要现场核实的内容和理由').fill('储罐间距与平面图不一致')
  await dialog(reviewer).getByRole('button', { name: '确认安排' }).click()
  await expect(dialog(reviewer)).toBeHidden()
  return reviewer
}
async function nameOf(sit: Seat, login: string): Promise<string> {
  const page = await sit(login)
  const me = (await (await page.request.get('/api/v1/me')).json()) as { name: string }
  await page.close()
  return me.name
}
async function choose(page: Page, name: string): Promise<void> {
  await dialog(page).getByLabel('找人员').fill(name)
  await dialog(page).getByRole('checkbox', { name: new RegExp(name.replace(/[（）]/g, '.')) }).check()
}

const lines = (page: Page) => page.getByRole('region', { name: '核查清单' }).locator('li.line')
const find = (page: Page, at: number, met: string): Promise<void> => lines(page).nth(at).getByText(met, { exact: true }).click()
const uploaded = (page: Page): Promise<void> => expect(page.getByRole('status').filter({ hasText: '已全部上传' })).toBeVisible(LONG)

/** A picture from the camera, with where it was taken; the device says it, or the file of the enterprise. */
async function shoot(page: Page, of: string, place: string, located: boolean): Promise<void> {
  await page.getByLabel(`拍照：${of}`).setInputFiles({ name: '现场.png', mimeType: 'image/png', buffer: await page.screenshot() })
  await dialog(page).getByRole('button', { name: '保存照片' }).click()
  await expect(dialog(page).getByText('请写明拍摄地点')).toBeVisible()
  await dialog(page).getByLabel('拍摄地点').fill(place)
  if (located) await expect(dialog(page).getByText(/已定位 115\.892000, 28\.676000/)).toBeVisible()
  else await dialog(page).getByRole('button', { name: '用企业登记的坐标' }).click()
  await accessible(page)
  await dialog(page).getByRole('button', { name: '保存照片' }).click()
  await expect(dialog(page)).toBeHidden()
}

async function sign(page: Page): Promise<void> {
  await act(page, '本人签字')
  await accessible(page)
  await dialog(page).getByRole('button', { name: '确认签字' }).click()
  await expect(dialog(page)).toBeHidden()
}

test('a joint site check is ordered, made on two telephones without a network for a while, and read by everybody', async ({ sit }) => {
  test.slow()
  const applicant = await sit('ent.review', '/', { viewport: PHONE })
  await applicant.getByRole('main').locator('a[href^="/app/applications/"]:not([href$="/new"])').first().click()
  await expect(applicant).toHaveURL(/\/applications\/[^/]+$/)
  const address = placeOf(applicant)
  const reviewer = await order(sit, address)

  await test.step('the enterprise knows who comes and what is looked at', async () => {
    const coming = applicant.getByRole('region', { name: '现场核查' })
    await expect(coming).toContainText(/核查人员将于 .+ 到场核查/)
    await coming.getByText('要核查的内容').click()
    await sound(applicant)
  })

  await test.step('who leads the visit opens the list on a telephone, and the network goes', async () => {
    await sound(reviewer)
    await reviewer.close()
  })
  const first = await sit('reviewer', address, { viewport: PHONE, ...HERE })
  await first.getByRole('link', { name: '去现场核查' }).first().click()
  await expect(heading(first)).toHaveText(/现场核查还有 \d+ 项/)
  const all = await lines(first).count()
  expect(all).toBeGreaterThan(3)
  await sound(first)
  await first.context().setOffline(true)
  for (let at = 0; at < 2; at += 1) await find(first, at, '符合')
  // What is wrong has to be written down before it counts.
  await find(first, 2, '不符合')
  await expect(lines(first).nth(2)).toContainText('写明情况后才能保存这一项')
  await lines(first).nth(2).getByLabel('说明').fill(SEEN)
  await shoot(first, (await lines(first).nth(2).locator('legend').innerText()).replace(/^\s*\d+\s*/, '').replace(/^核心指标\s*/, '').trim(), '控制室', true)
  await expect(first.getByRole('status').filter({ hasText: '没有网络，4 项存在本机' })).toBeVisible(LONG)
  await sound(first)

  await test.step('the telephone is switched off and on; the network is back, and nothing was lost', async () => {
    await first.context().setOffline(false)
    await first.reload()
    await expect(lines(first).nth(2).getByLabel('说明')).toHaveValue(SEEN)
    await uploaded(first)
    await expect(lines(first).nth(2).getByRole('button', { name: '查看照片：控制室' })).toBeVisible()
  })

  const second = await sit('fire', address, { viewport: PHONE })
  await test.step('the other sees what the first found, and looks at the rest', async () => {
    await second.getByRole('link', { name: '去现场核查' }).first().click()
    await expect(lines(second).nth(2).getByLabel('说明')).toHaveValue(SEEN)
    for (let at = 3; at < all; at += 1) await find(second, at, at === 3 ? '不适用' : '符合')
    await shoot(second, '全景和其他照片', '厂区大门', false)
    await uploaded(second)
    await expect(heading(second)).toHaveText('现场核查已逐项查完')
    await sound(second)
    await sign(second)
  })

  await test.step('the first signs as well, and the enterprise signs on his telephone', async () => {
    await expect(heading(first)).toHaveText('现场核查已逐项查完')
    await sign(first)
    await first.getByLabel('核查情况和结论').fill('一处报警器停用，限期恢复，其余符合。')
    await first.getByLabel('签字人姓名').fill('王安全')
    await first.getByLabel('职务').fill('安全总监')
    await act(first, '结束核查')
    await accessible(first)
    await dialog(first).getByRole('button', { name: '确认结束' }).click()
    await expect(first.getByRole('region', { name: '核查结论' })).toContainText('王安全（安全总监）签字确认')
    await expect(heading(first)).toHaveText(/现场核查$/)
    await sound(first)
  })

  await test.step('at the desk it stands with what was wrong, and its record is a paper', async () => {
    await open(second, address)
    await second.setViewportSize({ width: 1440, height: 900 })
    const visits = second.getByRole('region', { name: '联合现场核查' })
    await expect(visits).toContainText(SEEN)
    await expect(visits).toContainText('现场照片 2 张')
    await visits.getByRole('link', { name: '看核查清单和照片' }).click()
    await expect(second.getByRole('region', { name: '核查结论' })).toBeVisible()
    await second.getByRole('button', { name: '查看照片：控制室' }).click()
    await expect(dialog(second).getByRole('img')).toBeVisible()
    await accessible(second)
  })

  await test.step('and the enterprise reads what was found', async () => {
    const visit = applicant.getByRole('region', { name: '现场核查' })
    await expect(visit).toContainText('一处报警器停用，限期恢复，其余符合。')
    await visit.getByRole('link', { name: '看核查清单和照片' }).click()
    await expect(applicant.getByRole('region', { name: '核查结论' })).toContainText('王安全')
    await sound(applicant)
  })
})
