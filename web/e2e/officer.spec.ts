import { readFile } from 'node:fs/promises'
import { act, departmentIn, grant, handIn, recommend, review, reviewerOf, send, state, upload } from './acts'
import { accessible, dialog, expect, heading, LONG, open, PASSWORD, png, sound, test } from './support'

test('from the application to the first licence, with a correction and one department that looks again', async ({ sit }) => {
  test.slow()
  const applicant = await sit('ent.expired', '/')
  const clerk = await sit('clerk', '/')
  let address = ''

  await test.step('the enterprise hands in', async () => {
    await open(applicant, '/applications/new')
    await applicant.getByRole('button', { name: /^开始填写：危险化学品生产/ }).click()
    await applicant.getByLabel('申请的许可范围').fill('危险化学品生产（甲醇）')
    await applicant.getByLabel('联系人').fill('李明')
    await applicant.getByLabel('联系电话').fill('13800138000')
    await applicant.getByRole('checkbox', { name: /真实性/ }).check()
    await expect(applicant.getByText(/已保存$/)).toBeVisible()
    await applicant.getByRole('button', { name: '下一步' }).click()
    await upload(applicant)
    await applicant.getByRole('button', { name: '下一步' }).click()
    await applicant.getByRole('button', { name: '提交申请' }).click()
    await expect(heading(applicant)).toHaveText('已提交，等待受理')
    address = new URL(applicant.url()).pathname.replace('/app', '')
  })

  await test.step('the window takes it and asks once for what is missing', async () => {
    await open(clerk, address)
    await state(clerk, '待受理')
    await sound(clerk)
    await act(clerk, '成为首接负责人')
    await dialog(clerk).getByRole('button', { name: '确认负责' }).click()
    await expect(dialog(clerk)).toBeHidden()
    await act(clerk, '发补正告知')
    // Nothing goes out half written.
    await dialog(clerk).getByRole('button', { name: '下一步：预览文书' }).click()
    await expect(dialog(clerk).getByRole('alert')).toContainText('请至少选一份要补正的材料')
    await dialog(clerk).getByRole('checkbox', { name: '应急预案备案证明' }).check()
    await dialog(clerk).getByLabel('存在的问题').fill('备案编号看不清')
    await dialog(clerk).getByRole('button', { name: '下一步：预览文书' }).click()
    await expect(dialog(clerk).getByRole('link', { name: '请写明“应急预案备案证明”补正要求' })).toBeVisible()
    await accessible(clerk)
    await dialog(clerk).getByLabel('补正要求').fill('重新扫描后上传')
    await send(clerk, '确认发出补正告知')
    await state(clerk, '待补正')
  })

  await test.step('the enterprise mends it, and the window sees it come', async () => {
    await expect(heading(applicant)).toHaveText('需要您补正')
    await applicant.getByRole('link', { name: /^去补正/ }).first().click()
    await applicant.getByLabel('选择文件 应急预案备案证明').setInputFiles([png('重新扫描.png')])
    await expect(applicant.getByText('重新扫描.png').first()).toBeVisible()
    await applicant.getByRole('button', { name: '下一步' }).click()
    await applicant.getByRole('button', { name: '提交补正' }).click()
    await expect(heading(applicant)).toHaveText('已提交，等待受理')
    await state(clerk, '待受理')
    // The law knows one notice only.
    await expect(clerk.getByRole('button', { name: '发补正告知', exact: true })).toBeHidden()
  })

  await test.step('the window accepts, with the notice looked at before', async () => {
    await act(clerk, '受理')
    await send(clerk, '确认受理')
    await state(clerk, '并联审查中')
    await clerk.getByRole('tab', { name: '风险' }).click()
    await expect(clerk.getByRole('tabpanel')).toContainText('来源')
    await sound(clerk)
  })

  const lanes = clerk.getByRole('region', { name: '部门并联审查' }).getByRole('listitem')
  await expect(lanes.first()).toBeVisible()
  const names = await lanes.allInnerTexts()
  const departments = names.map(departmentIn)
  expect(departments.length).toBeGreaterThan(2)
  for (const department of departments) {
    await test.step(`${department} reviews`, async () => {
      const reviewer = await sit(reviewerOf(department), address)
      await review(reviewer)
      if (department === departments[0]) await sound(reviewer)
      await handIn(reviewer)
    })
  }
  await state(clerk, '待初审')

  const first = await sit('first', address)
  const again = departments.find((name) => reviewerOf(name) !== 'reviewer') ?? ''
  await test.step('the first reviewer sends exactly one department back', async () => {
    await act(first, '退回一个部门')
    await dialog(first).getByRole('button', { name: '确认退回' }).click()
    await expect(dialog(first).getByRole('alert')).toContainText('请选择要退回的部门')
    await dialog(first).getByLabel('退回的部门').selectOption({ label: again })
    await dialog(first).getByLabel('退回理由').fill('请核对总平面图')
    await accessible(first)
    await dialog(first).getByRole('button', { name: '确认退回' }).click()
    await state(first, '并联审查中')
    await expect(first.getByText(`${departments.length} 家中 ${departments.length - 1} 家已回`)).toBeVisible()
    const reviewer = await sit(reviewerOf(again), address)
    await expect(reviewer.getByRole('tabpanel')).toContainText('请核对总平面图')
    await sound(reviewer)
    await review(reviewer)
    await handIn(reviewer)
    await state(first, '待初审')
  })

  await test.step('first and second review', async () => {
    await recommend(first, '初审', '材料齐全，拟同意。')
    await state(first, '待复审')
    const second = await sit('second', address)
    await recommend(second, '复审', '同意初审意见。')
    await state(second, '待决定')
  })

  await test.step('the leader sees every opinion and grants; the certificate comes by itself', async () => {
    const leader = await sit('approver', address)
    await expect(leader.getByRole('tabpanel')).toContainText(`${departments.length} 家部门中 ${departments.length} 家同意`)
    await expect(leader.getByRole('tabpanel')).toContainText('材料齐全，拟同意。')
    await expect(leader.getByRole('tabpanel')).toContainText('同意初审意见。')
    await sound(leader)
    await grant(leader)
    const progress = leader.getByRole('region', { name: '发证进度' })
    await expect(progress).toContainText('安许证字', LONG)
    await expect(progress.getByRole('link', { name: '看证书' })).toBeVisible(LONG)
    await accessible(leader)
    await progress.getByRole('link', { name: '看证书' }).click()
    await expect(leader.getByRole('region', { name: /^许可证正本/ }).locator('canvas').first()).toBeVisible()
    await sound(leader)
  })

  await test.step('the window delivers, and the enterprise has its licence', async () => {
    await clerk.getByRole('tab', { name: '要我做' }).click()
    await act(clerk, '登记送达')
    await dialog(clerk).getByLabel('送达地点').fill('政务服务大厅')
    await send(clerk, '确认送达')
    await expect(clerk.getByRole('region', { name: '发证进度' })).toContainText('已送达')
    await open(applicant, '/licences')
    await expect(applicant.getByText('有效', { exact: true }).first()).toBeVisible()
  })
})

test('a file that somebody else changed is not overwritten, and nothing typed is lost', async ({ sit }) => {
  const clerk = await sit('clerk', '/enterprises')
  await clerk.getByRole('table', { name: '企业名录，可以筛选' }).getByRole('link').nth(3).click()
  await expect(clerk.getByRole('button', { name: '修改' })).toBeVisible()
  await sound(clerk)
  const other = await sit('admin', new URL(clerk.url()).pathname.replace('/app', ''))
  for (const page of [clerk, other]) await page.getByRole('button', { name: '修改' }).click()
  await dialog(clerk).getByLabel('法定代表人').fill('王小明')
  await dialog(other).getByLabel('经济类型').fill('有限责任公司（国有独资）')
  await dialog(other).getByRole('button', { name: '保存修改' }).click()
  await expect(dialog(other)).toBeHidden()

  await dialog(clerk).getByRole('button', { name: '保存修改' }).click()
  await expect(dialog(clerk).getByRole('alert')).toContainText('别人刚修改过这家企业')
  await accessible(clerk)
  await dialog(clerk).getByRole('button', { name: '加载最新内容' }).click()
  await expect(dialog(clerk).getByLabel('经济类型')).toHaveValue('有限责任公司（国有独资）')
  await expect(dialog(clerk).getByLabel('法定代表人')).toHaveValue('王小明')
  await dialog(clerk).getByRole('button', { name: '保存修改' }).click()
  await expect(dialog(clerk)).toBeHidden()
  await expect(clerk.getByText('王小明')).toBeVisible()
  await expect(clerk.getByText('有限责任公司（国有独资）')).toBeVisible()
})

test('a session that ends in the middle of a review loses nothing', async ({ sit }) => {
  const reviewer = await sit('reviewer', '/')
  await reviewer.getByRole('table', { name: '我的待办' }).getByRole('link', { name: /^部门审查|^审查/ }).first().click()
  await review(reviewer)
  await reviewer.getByLabel('审查意见').fill('会话中断也不能丢的意见')
  await reviewer.context().clearCookies()
  await reviewer.getByRole('button', { name: '提交审查结果' }).click()
  await dialog(reviewer).getByRole('button', { name: '确认提交' }).click()
  const renewal = reviewer.getByRole('dialog', { name: '登录已到期，请重新登录' })
  await expect(renewal).toBeVisible()
  await accessible(reviewer)
  await renewal.getByLabel('密码', { exact: true }).fill(PASSWORD)
  await renewal.getByRole('button', { name: '登录', exact: true }).click()
  await expect(reviewer.getByRole('button', { name: '提交审查结果' })).toBeHidden()
  await reviewer.getByRole('tab', { name: '审查意见' }).click()
  await expect(reviewer.getByRole('tabpanel')).toContainText('会话中断也不能丢的意见')
})

/** A unified social credit code with sound check characters (GB 32100, GB 11714). */
function creditCode(serial: number): string {
  const organisation = `MA${String(serial).padStart(6, '0')}`
  const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ'
  const sum = [3, 7, 9, 10, 5, 8, 4, 2].reduce((all, weight, at) => all + weight * digits.indexOf(organisation[at] ?? '0'), 0)
  const check = '0123456789X0'[11 - (sum % 11)] ?? '0'
  const body = `91360102${organisation}${check}`
  const signs = '0123456789ABCDEFGHJKLMNPQRTUWXY'
  const total = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28].reduce((all, weight, at) => all + weight * signs.indexOf(body[at] ?? '0'), 0)
  return body + (signs[(31 - (total % 31)) % 31] ?? '')
}

test('an import is checked, mended and taken', async ({ sit }, info) => {
  const clerk = await sit('clerk', '/enterprises')
  await sound(clerk)
  await clerk.getByRole('link', { name: '批量导入' }).click()
  await expect(heading(clerk)).toHaveText('先检查，再导入')
  await clerk.getByRole('button', { name: '上传并检查' }).click()
  await expect(clerk.getByText('请先选择要导入的文件')).toBeVisible()
  await sound(clerk)

  const head = '企业名称,统一社会信用代码,法定代表人,住所,行政区划,行业,规模'
  const serial = 100_000 + (Date.now() % 800_000)
  const row = (name: string, number: number, size: string): string => `${name},${creditCode(number)},赵六,江西省南昌市东湖区测试路1号,360102,2614,${size}`
  const name = `端到端导入${serial}`
  const bad = [head, row(`${name}甲有限公司`, serial, '小型'), row(`${name}乙有限公司`, serial + 1, '超大'), row('', serial + 2, '微型')].join('\n')
  await clerk.getByLabel('文件', { exact: true }).setInputFiles({ name: '企业.csv', mimeType: 'text/csv', buffer: Buffer.from(`\uFEFF${bad}`) })
  await clerk.getByRole('button', { name: '上传并检查' }).click()
  await expect(heading(clerk)).toHaveText('2 行要修改')
  await expect(clerk.getByRole('table', { name: '有问题的行' })).toContainText('“超大”不是规模')
  await sound(clerk)

  // The rows come back with what is wrong; mended, the same table is sent again.
  const [download] = await Promise.all([clerk.waitForEvent('download'), clerk.getByRole('link', { name: 'csv', exact: true }).click()])
  const path = info.outputPath('errors.csv')
  await download.saveAs(path)
  const returned = await readFile(path, 'utf8')
  expect(returned).toContain('错误')
  const mended = returned.replace('超大', '大型').replace(/^,/m, `${name}丙有限公司,`)
  await clerk.getByRole('link', { name: '上传改好的文件' }).click()
  await clerk.getByLabel('文件', { exact: true }).setInputFiles({ name: '改好.csv', mimeType: 'text/csv', buffer: Buffer.from(mended) })
  await clerk.getByRole('button', { name: '上传并检查' }).click()
  await expect(heading(clerk)).toHaveText('2 行都可以导入')
  await clerk.getByRole('button', { name: '正式导入' }).click()
  await expect(heading(clerk)).toHaveText('已导入，2 行没有问题')
  await sound(clerk)

  await open(clerk, `/enterprises?q=${encodeURIComponent(name)}`)
  await expect(heading(clerk)).toHaveText('2 家企业')
  await open(clerk, '/enterprises/imports')
  await expect(clerk.getByRole('table', { name: '最近的导入' }).getByRole('row')).toHaveCount(4)
})

test('filters stand in the address and are kept as a view', async ({ sit }) => {
  const clerk = await sit('clerk', '/enterprises')
  await clerk.getByRole('group', { name: '属地' }).or(clerk.getByRole('list')).first().waitFor()
  await clerk.getByRole('button', { name: /^东湖区/ }).click()
  await clerk.getByRole('combobox', { name: '规模' }).selectOption({ label: '小型' })
  await expect(clerk).toHaveURL(/region=360102.*size=small|size=small.*region=360102/)
  await clerk.getByRole('button', { name: '保存为视图' }).click()
  await dialog(clerk).getByLabel('视图名称').fill('东湖小型')
  await accessible(clerk)
  await dialog(clerk).getByRole('button', { name: '保存', exact: true }).click()
  await clerk.getByRole('button', { name: '清空条件' }).click()
  await expect(clerk).toHaveURL(/\/enterprises$/)
  await clerk.getByRole('button', { name: '东湖小型', exact: true }).click()
  await expect(clerk).toHaveURL(/size=small/)
})

test('a committee department sees its reviews and nothing else', async ({ sit }) => {
  const fire = await sit('fire', '/')
  await expect(fire.getByRole('navigation', { name: '主导航' }).getByRole('link')).toHaveText([/待办/, /并联审查/, /提醒函/, /整改清单/, /移送/])
  await sound(fire)
  await open(fire, '/applications')
  await sound(fire)
})
