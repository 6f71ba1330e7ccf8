import type { Page } from '@playwright/test'
import { accessible, CORE, expect, heading, open, PASSWORD, pdf, PHONE, png, sound, test } from './support'

/** Begins an application of a matter and stands on its first step. */
async function begin(page: Page, matter: RegExp): Promise<void> {
  await open(page, '/applications/new')
  await page.getByRole('button', { name: matter }).click()
  await expect(heading(page)).toHaveText('填写申请内容')
}

test('an enterprise hands in an application from its phone, follows it and takes it back', { tag: CORE }, async ({ sit }) => {
  const page = await sit('ent.draft', '/', { viewport: PHONE })
  await expect(heading(page)).toHaveText('1 件草稿还没有提交')
  await sound(page)
  await page.getByRole('link', { name: /^继续填写/ }).first().click()

  await expect(heading(page)).toHaveText('填写申请内容')
  await page.getByLabel('联系电话').fill('12')
  await page.getByLabel('联系人').focus()
  await expect(page.getByText('联系电话格式不正确', { exact: false })).toBeVisible()
  await sound(page)
  await page.getByLabel('联系电话').fill('13800138000')
  await page.getByLabel('联系人').focus()
  await expect(page.getByText(/已保存$/)).toBeVisible()
  await page.getByRole('button', { name: '下一步' }).click()

  await expect(heading(page)).toHaveText('还差 2 份材料')
  await sound(page)
  // A material that takes documents, two files at once; each that is missing says so in its card.
  for (const name of await page.getByRole('region').filter({ hasText: '还没有上传' }).getByRole('heading').allInnerTexts()) {
    await page.getByLabel(`选择文件 ${name}`).setInputFiles([pdf('正文.pdf'), pdf('附件.pdf')])
    await expect(page.getByRole('list', { name: `${name}的文件` }).getByRole('listitem')).toHaveCount(2)
  }
  await expect(heading(page)).toHaveText('材料已经齐了')
  await page.getByRole('button', { name: '移除 附件.pdf' }).first().click()
  await accessible(page)
  await page.getByRole('dialog').getByRole('button', { name: '移除' }).click()
  await expect(page.getByRole('button', { name: '移除 附件.pdf' })).toHaveCount(1)
  await page.getByRole('button', { name: '下一步' }).click()

  await expect(page.getByText('可以提交了')).toBeVisible()
  await sound(page)
  await page.getByRole('button', { name: '提交申请' }).click()
  await expect(heading(page)).toHaveText('已提交，等待受理')
  await expect(page.getByRole('status').filter({ hasText: '受理编号' })).toBeVisible()
  await sound(page)
  // The receipt is made and sealed in the background; the page hears of it.
  await expect(page.getByRole('button', { name: '行政许可申请材料接收凭证' })).toBeVisible()

  await page.getByRole('button', { name: '撤回申请' }).click()
  const dialog = page.getByRole('dialog', { name: '撤回这份申请？' })
  await dialog.getByLabel('撤回的理由').fill('改变计划')
  await accessible(page)
  await dialog.getByRole('button', { name: '撤回申请' }).click()
  await expect(heading(page)).toHaveText('申请已经终止')
})

test('a correction says what to mend, leads there and is handed in again', { tag: CORE }, async ({ sit }) => {
  const page = await sit('ent.correct', '/', { viewport: PHONE })
  await expect(heading(page)).toHaveText('1 件需要补正')
  await page.getByRole('link', { name: /^去补正/ }).first().click()
  await expect(heading(page)).toHaveText('需要您补正')
  await sound(page)
  const points = page.getByRole('region', { name: '补正告知' }).getByRole('listitem')
  const names = (await points.getByRole('heading').allInnerTexts()).map((text) => text.replace(/^\d+\. /, ''))
  expect(names.length).toBeGreaterThan(0)
  await points.last().getByRole('link', { name: /^去补正/ }).click()

  // The paper itself has the focus, and only what was asked for can be changed.
  await expect(page.getByRole('region', { name: names.at(-1) ?? '' })).toBeFocused()
  await expect(heading(page)).toHaveText(`还有 ${names.length} 份材料要补正`)
  await sound(page)
  await expect(page.locator('input[type=file]')).toHaveCount(names.length)
  for (const name of names) {
    await page.getByLabel(`选择文件 ${name}`).setInputFiles(png('重新扫描.png', name))
    await expect(page.getByRole('list', { name: `${name}的文件` }).getByText('重新扫描.png')).toBeVisible()
  }
  await expect(heading(page)).toHaveText('要补正的材料已经齐了')
  await page.getByRole('button', { name: '下一步' }).click()
  await sound(page)
  await page.getByRole('button', { name: '提交补正' }).click()
  await expect(heading(page)).toHaveText('已提交，等待受理')
})

test('a session that ends in the middle of the wizard loses nothing', { tag: CORE }, async ({ sit }) => {
  const page = await sit('ent.refused', '/')
  await begin(page, /^开始填写：危险化学品生产/)
  await page.context().clearCookies()
  // Leaving the field saves it; the dialog stands before everything else as soon as the answer comes.
  await page.getByLabel('联系人').fill('会话中断')
  await page.getByLabel('联系电话').focus()
  const dialog = page.getByRole('dialog', { name: '登录已到期，请重新登录' })
  await expect(dialog).toBeVisible()
  await accessible(page)
  await dialog.getByLabel('密码', { exact: true }).fill(PASSWORD)
  await dialog.getByRole('button', { name: '登录', exact: true }).click()
  await expect(dialog).toBeHidden()
  await expect(page.getByLabel('联系人')).toHaveValue('会话中断')
  await page.getByLabel('申请的许可范围').fill('危险化学品生产（甲醇）')
  await page.getByLabel('联系电话').focus()
  await expect(page.getByText(/已保存$/)).toBeVisible()
  await page.reload()
  await expect(page.getByLabel('联系人')).toHaveValue('会话中断')
  await expect(page.getByLabel('申请的许可范围')).toHaveValue('危险化学品生产（甲醇）')
})

test('a page that was lost before it could save offers what was typed', async ({ sit }) => {
  const page = await sit('ent.refused', '/')
  await open(page, '/applications/new')
  await page.getByRole('link', { name: /^继续填写/ }).or(page.getByRole('button', { name: /^开始填写：危险化学品生产/ })).first().click()
  await expect(heading(page)).toHaveText('填写申请内容')
  await page.route('**/api/v1/applications/*/form', (route) => route.abort())
  await page.getByLabel('联系人').fill('网络断开')
  await page.getByLabel('联系电话').focus()
  await expect(page.getByText('网络不通，已存在本机', { exact: false })).toBeVisible()
  await page.unroute('**/api/v1/applications/*/form')
  await page.reload()
  await expect(page.getByText('本机有一份没有提交的内容')).toBeVisible()
  await accessible(page)
  await page.getByRole('button', { name: '接着填' }).click()
  await expect(page.getByLabel('联系人')).toHaveValue('网络断开')
  await expect(page.getByText(/已保存$/)).toBeVisible()
})

test('an upload that fails is tried again, and a file of the wrong kind is refused with the reason', async ({ sit }) => {
  const page = await sit('ent.expired', '/')
  await begin(page, /^开始填写：建筑施工/)
  await page.getByRole('button', { name: '下一步' }).click()
  const card = page.getByRole('region', { name: '营业执照和资质证书' })
  let broken = 1
  await page.route('**/materials/*/files', (route) => (broken-- > 0 ? route.abort() : route.continue()))
  await card.getByLabel(/^选择文件/).setInputFiles([png('营业执照.png'), pdf('资质证书.pdf')])
  await expect(card.getByRole('alert')).toBeVisible()
  // The one after it is not held up.
  await expect(card.getByRole('list', { name: /的文件$/ }).getByText('资质证书.pdf')).toBeVisible()
  await accessible(page)
  await card.getByRole('button', { name: '重试 营业执照.png' }).click()
  await expect(card.getByRole('list', { name: /的文件$/ }).getByRole('listitem')).toHaveCount(2)
  await expect(card.getByRole('alert')).toHaveCount(0)

  await card.getByLabel(/^选择文件/).setInputFiles({ name: '假的.pdf', mimeType: 'application/pdf', buffer: Buffer.from('not a document') })
  await expect(card.getByRole('alert')).toContainText('不是允许的类型')
})

test('the holder looks at the certificate, keeps both editions and shows it to others', async ({ sit, browser }) => {
  const page = await sit('ent.granted', '/licences', { viewport: PHONE })
  await expect(heading(page)).toContainText('有效期内')
  await sound(page)
  await page.getByRole('article').getByRole('link').first().click()
  await expect(page.getByRole('img', { name: '证书二维码' })).toBeVisible()
  await expect(page.getByRole('group', { name: '第 1 页' }).locator('canvas')).toBeVisible()
  await sound(page)
  const saved: string[] = []
  for (const edition of ['正本', '副本']) {
    await page.getByRole('button', { name: edition, exact: true }).click()
    const download = page.waitForEvent('download')
    await page.getByRole('link', { name: `下载${edition}` }).click()
    const file = await download
    expect(file.suggestedFilename()).toContain(edition)
    saved.push(await file.path())
  }
  const link = (await page.getByRole('link', { name: '打开公开核验页' }).getAttribute('href')) ?? ''

  // Somebody else, with no script and a small screen: the address says that it is good, and so does the file.
  const stranger = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } })
  const other = await stranger.newPage()
  await other.goto(new URL(link).pathname)
  await expect(other.getByRole('heading', { level: 1 })).toContainText('有效')
  for (const file of saved) {
    await other.goto('/verify')
    await other.getByLabel(/^电子证照 PDF/).setInputFiles({ name: 'licence.pdf', mimeType: 'application/pdf', buffer: await (await import('node:fs/promises')).readFile(file) })
    await other.getByRole('button', { name: '上传并核验' }).click()
    await expect(other.getByRole('heading', { level: 1 })).toContainText('有效')
  }
  await stranger.close()
})

test('the own file and its timeline', async ({ sit }) => {
  const page = await sit('ent.review', '/enterprise', { viewport: PHONE })
  await expect(heading(page)).toContainText('演示')
  const timeline = page.getByRole('region', { name: '时间线' })
  await expect(timeline.getByText('提交申请')).toBeVisible()
  await expect(timeline.getByText('登录', { exact: true })).toHaveCount(0)
  await timeline.getByRole('button', { name: '登录和查看' }).click()
  await expect(timeline.getByText('登录', { exact: true }).first()).toBeVisible()
  await sound(page)
})

test('the safety officer of an enterprise only looks', async ({ sit }) => {
  const page = await sit('ent.officer', '/')
  await expect(page.getByRole('link', { name: '申请许可' })).toHaveCount(0)
  await open(page, '/applications')
  await page.getByRole('link', { name: /^看进度/ }).first().click()
  await expect(page.getByRole('button', { name: '撤回申请' })).toHaveCount(0)
  await open(page, '/applications/new')
  await expect(page.getByRole('heading', { name: '您没有打开这个页面的权限' })).toBeVisible()
})

test('anybody finds a licence from a phone, and every public page is sound', { tag: CORE }, async ({ page }) => {
  await page.setViewportSize(PHONE)
  await page.goto('/')
  await sound(page)
  await page.getByRole('searchbox').fill('演示')
  await page.getByRole('button', { name: '查询' }).click()
  await expect(heading(page)).toContainText('相符的许可证')
  await sound(page)
  await page.getByRole('listitem').filter({ hasText: '安许证字' }).getByRole('link').first().click()
  await expect(page.getByRole('heading', { name: '登记内容' })).toBeVisible()
  await sound(page)
  for (const path of ['/verify', '/matters', '/about/verification']) {
    await page.goto(path)
    await sound(page)
  }
})

test('a browser that reads codes verifies what its camera sees', async ({ page, playwright, baseURL }) => {
  const holder = await playwright.request.newContext({ baseURL })
  await holder.post('/api/v1/sessions', { data: { login: 'ent.granted', password: PASSWORD } })
  const { items } = (await (await holder.get('/api/v1/licences?limit=1')).json()) as { items: { certificate: { qr_url: string } }[] }
  await holder.dispose()
  // No camera stands before a test: the picture is a canvas, and the reader sees another code first.
  await page.addInitScript((code) => {
    let looks = 0
    class Reader {
      static getSupportedFormats = () => Promise.resolve(['qr_code'])
      detect = () => Promise.resolve([{ rawValue: (looks += 1) > 2 ? code : 'https://example.org/' }])
    }
    Object.assign(window, { BarcodeDetector: Reader })
    Object.defineProperty(navigator, 'mediaDevices', { value: { getUserMedia: () => Promise.resolve(document.createElement('canvas').captureStream()) } })
  }, items[0]?.certificate.qr_url ?? '')
  await page.setViewportSize(PHONE)
  await page.goto('/verify')
  await sound(page)
  await page.getByRole('button', { name: '打开摄像头' }).click()
  await expect(heading(page)).toContainText('有效')
  await sound(page)
})
