import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { accept, act, answer, complete, examine, later, officerOf, own, placeOf, promise, read, send, state, today } from './acts'
import { decided, found, givenBack, serve } from './cases'
import { accessible, dialog, expect, heading, LONG, open, PHONE, sound, test } from './support'

/** What befalls a licence after it was issued, a story each. People and licences are of nobody else's tests. */

test('a suspension: noticed, waived, decided, served; given back after the hazards are gone', async ({ sit, browser, baseURL }) => {
  test.slow()
  const inspector = await sit('inspector', '/licences?status=valid&industry=hazchem')
  await inspector.getByRole('table').getByRole('link').nth(1).click()
  await expect(inspector).toHaveURL(/\/licences\/[^/?]+$/)
  const licence = placeOf(inspector)
  const { number } = await read<{ number: string }>(inspector, licence)
  let address = ''

  await test.step('a case is opened; what was left blank is told at its field', async () => {
    await inspector.getByRole('link', { name: '暂扣', exact: true }).click()
    await expect(inspector.getByRole('radio', { name: /^暂扣/ })).toBeChecked()
    await inspector.getByRole('button', { name: '确认立案' }).click()
    await expect(inspector.getByRole('alert')).toContainText('案由')
    await sound(inspector)
    await inspector.getByLabel('案由').fill('重大事故隐患逾期未整改')
    await inspector.getByLabel('暂扣终止日').fill(later(await today(inspector), 29))
    await inspector.getByLabel('发还条件').fill('重大事故隐患整改完毕，经市应急局复查合格')
    const fits = inspector.getByLabel('适用的情形')
    if ((await fits.inputValue()) === '') await fits.selectOption({ index: 1 })
    await inspector.getByRole('button', { name: '确认立案' }).click()
    await expect(heading(inspector)).toHaveText(/^暂扣：/)
    address = placeOf(inspector)
    await sound(inspector)
  })

  await test.step('findings and evidence go in, the holder is told and waives', async () => {
    await found(inspector, '现场检查发现三处重大事故隐患')
    await act(inspector, '事先告知')
    await send(inspector, '制作告知书')
    await serve(sit, address)
    await inspector.reload()
    await expect(inspector.getByRole('region', { name: '现在要办的' })).toContainText('期满前不能报批')
    await sound(inspector)
    await act(inspector, '登记当事人意见')
    await dialog(inspector).getByRole('radio', { name: /^放弃/ }).check()
    await answer(inspector, { 内容: '企业出具书面声明，放弃陈述、申辩。' }, '登记')
  })

  await test.step('proposed by one, decided by another, served', async () => {
    await act(inspector, '报批')
    await answer(inspector, { 报批意见: '事实清楚，当事人放弃陈述、申辩，拟暂扣三十日。' }, '提交审批')
    await expect(inspector.getByRole('button', { name: '审批', exact: true })).toBeHidden()
    await decided(sit, address)
    await serve(sit, address)
  })

  const stranger = await (await browser.newContext({ baseURL, javaScriptEnabled: false, viewport: PHONE })).newPage()
  await test.step('everybody sees it, with the reason that may be public', async () => {
    await stranger.goto(`/v/${encodeURIComponent(number)}`)
    await expect(heading(stranger)).toContainText('暂扣')
    await expect(stranger.getByText('不再具备安全生产条件').first()).toBeVisible()
    await open(inspector, licence)
    await state(inspector, '暂扣')
    await sound(inspector)
  })

  await test.step('given back: reviewed on site, decided, and good again', async () => {
    await givenBack(sit, inspector, '暂扣期内整改完毕，申请发还')
    await open(inspector, licence)
    await state(inspector, '有效')
    await stranger.reload()
    await expect(heading(stranger)).toContainText('有效')
    await stranger.context().close()
  })
})

test('a paper that was recalled comes back and is destroyed by two people', async ({ sit }) => {
  const clerk = await sit('clerk', '/filings?kind=recall&waits=1')
  const row = clerk.getByRole('table').locator('tbody').getByRole('row').filter({ hasText: '待交回' })
  await row.first().getByRole('link').first().click()
  await state(clerk, '待交回')
  await sound(clerk)
  await act(clerk, '登记交回')
  await answer(clerk, { 交回的证书: '正本 1 份、副本 2 份' }, '登记')
  await state(clerk, '待销毁')
  await act(clerk, '登记销毁')
  await answer(clerk, { 销毁方式: '剪角作废后集中销毁' }, '确认已销毁')
  await state(clerk, '待监销')
  // Who destroyed does not witness.
  await expect(clerk.getByText('销毁人不能自己确认')).toBeVisible()
  await expect(clerk.getByRole('button', { name: '确认监销' })).toBeHidden()
  await sound(clerk)

  const inspector = await sit('inspector', '/filings?waits=1')
  await inspector.getByRole('main').locator(`a[href="/app${placeOf(clerk)}"]`).first().click()
  await act(inspector, '确认监销')
  await expect(dialog(inspector)).toContainText('剪角作废后集中销毁')
  await answer(inspector, {}, '确认监销')
  await state(inspector, '已销毁')
  await sound(inspector)
})

test('a certificate is handed over, and its holder confirms on a phone where it hangs', async ({ sit }) => {
  const holder = await sit('ent.025', '/', { viewport: PHONE })
  const { id, lead } = await own(holder)
  const clerk = await sit(officerOf('clerk', lead), `/licences/${id}`)
  await act(clerk, '发放')
  await dialog(clerk).getByRole('button', { name: '确认发放' }).click()
  await expect(dialog(clerk).getByRole('alert')).toContainText('领取人')
  await answer(clerk, { 领取人: '李明', 身份凭证: '法定代表人身份证', 地点: '政务服务大厅' }, '确认发放')
  await expect(clerk.getByRole('tabpanel')).toContainText('发放')
  await sound(clerk)

  await open(holder, '/')
  const todo = holder.getByRole('region', { name: '现在要办的' })
  await todo.getByRole('listitem').filter({ hasText: '悬挂' }).getByRole('link').last().click()
  await expect(heading(holder)).toHaveText('发放')
  await sound(holder)
  await act(holder, '确认悬挂')
  await answer(holder, { 悬挂的地点: '办公楼一层大厅' }, '确认')
  await state(holder, '已悬挂')
  await expect(holder.getByText('办公楼一层大厅')).toBeVisible()
  await open(holder, '/')
  await expect(todo.getByRole('listitem').filter({ hasText: '悬挂' })).toHaveCount(0)
})

test('a name is changed, and the new certificate takes the place of the old one', async ({ sit }) => {
  test.slow()
  const holder = await sit('ent.026', '/licences')
  const { id, lead, number } = await own(holder)
  await holder.getByRole('article').getByRole('link').first().click()
  await holder.getByRole('region', { name: '申请办理' }).getByRole('link', { name: /^变更/ }).click()
  await holder.getByRole('checkbox', { name: /^法定代表人/ }).check()
  await holder.getByRole('button', { name: '开始填写' }).click()
  await holder.getByLabel(/^变更后的法定代表人/).fill('赵新任')
  await holder.getByLabel('变更日期').fill(await today(holder))
  await holder.getByRole('button', { name: '下一步' }).click()
  const address = await complete(holder)
  await sound(holder)

  await (await accept(sit, address, lead)).close()
  const leader = await examine(sit, address, lead)
  // The certificate that would be made lies beside the decision.
  await act(leader, '作出决定')
  await dialog(leader).getByRole('radio', { name: '准予许可', exact: true }).check()
  await dialog(leader).getByLabel('理由').fill('变更属实，准予变更。')
  await dialog(leader).getByRole('button', { name: '下一步：预览文书' }).click()
  await dialog(leader).getByRole('button', { name: '许可证样张' }).click()
  await expect(dialog(leader).locator('canvas').first()).toBeVisible()
  await sound(leader)
  await dialog(leader).getByRole('button', { name: '确认决定', exact: true }).click()
  await state(leader, '准予许可')

  await open(holder, `/licences/${id}`)
  await holder.getByRole('tab', { name: '证书内容' }).click()
  await expect(holder.getByRole('tabpanel')).toContainText('赵新任', LONG)
  await expect(holder.getByText(number).first()).toBeVisible()
  await expect(holder.getByText('换证过渡期到', { exact: false })).toBeVisible()
  await sound(holder)
})

test('what was promised is found not to be so, and the licence cannot be changed on it', async ({ sit }) => {
  test.slow()
  const holder = await sit('ent.025', '/licences')
  const { lead } = await own(holder)
  const address = await promise(holder, '周诺言')
  await (await accept(sit, address, lead)).close()

  // Whoever reviews for the body that leads finds it, and says what was not kept.
  const officer = await sit(lead === 'emergency' ? 'reviewer' : lead, address)
  await act(officer, '认定承诺失信')
  await dialog(officer).getByRole('button', { name: '下一步：预览文书' }).click()
  await expect(dialog(officer).getByRole('alert')).toContainText('哪一项没有兑现')
  await dialog(officer).getByLabel('哪一项没有兑现').fill('现场核实，任职文件所载人员并未到任')
  await send(officer, '确认认定')
  const commitment = officer.getByRole('region', { name: '容缺受理' })
  await expect(commitment).toContainText('未履行容缺承诺')
  await expect(commitment).toContainText('任职文件所载人员并未到任')
  await expect(officer.getByRole('button', { name: '认定承诺失信' })).toBeHidden()
  await sound(officer)

  await open(holder, address)
  await expect(holder.getByRole('region', { name: '容缺受理' })).toContainText('任职文件所载人员并未到任')
  await expect(holder.getByRole('region', { name: '补交容缺材料' })).toBeHidden()
  await sound(holder)
  await expect(holder.getByRole('button', { name: /容缺/ }).first()).toBeVisible(LONG)
})

test('a responsibility list is changed by one person and approved by another', async ({ sit, page }) => {
  const matter = 'coal.replacement'
  const admin = await sit('admin', `/lists/${matter}/propose`)
  await admin.getByRole('button', { name: '提出', exact: true }).click()
  await expect(admin.getByRole('alert')).toContainText('请选择是否调整清单')
  await sound(admin)
  await admin.getByLabel('本季度企业投诉件数').fill('3')
  await admin.getByLabel('本季度执法案件数').fill('1')
  await admin.getByLabel('投诉和执法情况反映了什么').fill('企业反映补办进度不透明')
  await admin.getByRole('radio', { name: /^调整清单/ }).check()
  await admin.getByRole('button', { name: '增加一项' }).click()
  await admin.getByLabel('责任事项').fill('补办进度告知责任')
  await admin.getByLabel('责任内容').fill('受理补办申请后每三个工作日告知一次进度')
  await sound(admin)
  await admin.getByRole('button', { name: '提出', exact: true }).click()
  await expect(dialog(admin)).toContainText('调整清单')
  await dialog(admin).getByRole('button', { name: '提出', exact: true }).click()
  await expect(admin.getByText('要由其他有权限的人批准')).toBeVisible()
  await expect(admin.getByRole('button', { name: '批准', exact: true })).toBeHidden()
  await sound(admin)

  const leader = await sit('approver', '/lists')
  await leader.getByRole('link', { name: /^去审批：/ }).click()
  await expect(leader.getByText('补办进度告知责任').first()).toBeVisible()
  await sound(leader)
  await act(leader, '批准')
  await dialog(leader).getByLabel('生效日期').fill(await today(leader))
  await answer(leader, {}, '批准')
  await expect(leader.getByRole('status').filter({ hasText: '已批准' })).toBeVisible()
  await expect(leader.getByRole('region', { name: '现行清单' })).toContainText('补办进度告知责任')
  await sound(leader)
  await page.goto(`/matters/${matter}`)
  await expect(page.getByText('受理补办申请后每三个工作日告知一次进度').first()).toBeVisible()
})

test('a delivery that the other side refused is sent again, and arrives', async ({ sit }) => {
  // Another system that does not want it at first.
  let answers = 410
  const came: string[] = []
  const receiver = createServer((request, response) => {
    request.resume().on('end', () => {
      came.push(String(request.headers['webhook-id']))
      response.writeHead(answers).end()
    })
  })
  await new Promise<void>((done) => receiver.listen(0, '127.0.0.1', done))
  const name = `数据局接口 ${Date.now()}`
  try {
    const admin = await sit('admin', '/admin/notices?part=webhooks')
    await act(admin, '新增推送')
    await dialog(admin).getByLabel('名称').fill(name)
    await dialog(admin).getByLabel('接收地址').fill(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in`)
    await dialog(admin).getByRole('checkbox').first().check()
    await accessible(admin)
    await dialog(admin).getByRole('button', { name: '新增推送' }).click()
    await expect(dialog(admin).getByLabel('签名密钥')).toHaveValue(/.{20,}/)
    await accessible(admin)
    await dialog(admin).getByRole('button', { name: '密钥已经交给对方' }).click()

    await admin.getByRole('button', { name: `向 ${name} 试发一条` }).click()
    await expect(admin.getByRole('status').filter({ hasText: '没有收到' })).toContainText('410')
    await sound(admin)
    await open(admin, '/admin/notices?channel=webhook&state=dead')
    const row = admin.getByRole('row').filter({ hasText: name })
    await expect(row).toContainText('已停滞')
    answers = 204
    await row.getByRole('button', { name: /^重发给/ }).click()
    await expect(admin.getByRole('status').filter({ hasText: '重新排队' })).toBeVisible()
    await expect(row).toBeHidden()
    await admin.getByLabel('状态').selectOption({ label: '已发出' })
    await expect(async () => {
      await admin.reload()
      await expect(row.first()).toContainText('已发出', { timeout: 2_000 })
    }).toPass(LONG)
    await sound(admin)
    // The same piece, known by its name: whoever keeps names takes it once.
    expect(came.length).toBe(2)
    expect(new Set(came).size).toBe(1)

    await open(admin, '/admin/notices?part=webhooks')
    await admin.getByRole('button', { name: `停用 ${name}` }).click()
    await answer(admin, {}, '停用')
    await expect(admin.getByRole('row').filter({ hasText: name })).toContainText('已停用')
  } finally {
    receiver.close()
  }
})
