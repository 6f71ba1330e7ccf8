import type { Page } from '@playwright/test'
import { accessible, dialog, expect, heading, LONG, open, pdf, type Seat, sound } from './support'

/** What people do on more than one way. */

/** Who reviews for a department, by the name that stands in its lane. */
const REVIEWERS: Record<string, string> = {
  市应急局: 'reviewer', 市消防支队: 'fire', 市公安局: 'police', 市生态环境局: 'ecology', 市资规局: 'resources', 市市监局: 'market', 市人社局: 'labour',
  市卫健委: 'health', 市气象局: 'weather', 市人防办: 'defence', 市交通局: 'transport', 市水利局: 'water', 市住建局: 'housing', 市工信局: 'industry', 市发改委: 'energy',
}
export const reviewerOf = (department: string): string => REVIEWERS[department] ?? `nobody of ${department}`
/** The department whose name begins a text. */
export const departmentIn = (text: string): string => Object.keys(REVIEWERS).find((name) => text.startsWith(name)) ?? text
/** Who accepts, examines and decides for the body that leads. */
export const officerOf = (role: string, lead: string): string => (lead === 'emergency' ? role : `${role}.${lead}`)

export const act = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click()
/** The state that stands in the head of a page. */
export const state = (page: Page, name: string): Promise<void> => expect(page.locator('header').getByText(name, { exact: true })).toBeVisible()
/** An address within the application, as a link of the page says it. */
export const placeOf = (page: Page): string => new URL(page.url()).pathname.replace('/app', '')

/** What the server says, to whoever sits at the page. Tests take from it where to go; what they check stands on the page. */
export async function read<Answer>(page: Page, path: string): Promise<Answer> {
  const answer = await page.request.get(`/api/v1${path}`)
  expect(answer.ok(), path).toBe(true)
  return (await answer.json()) as Answer
}

/** The legal day in which the city lives, and one so many days later. */
export const today = async (page: Page): Promise<string> => (await read<{ today: string }>(page, '/site')).today
export const later = (day: string, days: number): string => new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)

/** The administrator moves the time on, and sees what it brought. */
export async function live(sit: Seat, days: number): Promise<void> {
  const admin = await sit('admin', '/admin/health')
  const to = later(await today(admin), days)
  const demo = admin.getByRole('note', { name: '演示环境' })
  await demo.getByRole('button', { name: '调整时间' }).click()
  await dialog(admin).getByLabel('调到哪一天').fill(to)
  await accessible(admin)
  await dialog(admin).getByRole('button', { name: `过 ${days} 天` }).click()
  // Each day is lived: years take minutes.
  await expect(dialog(admin).getByRole('status').filter({ hasText: `过了 ${days} 天` })).toBeVisible({ timeout: LONG.timeout * Math.ceil(days / 60) })
  await accessible(admin)
  await dialog(admin).getByRole('button', { name: '看看现在的情况' }).click()
  expect(await today(admin)).toBe(to)
  await admin.close()
}

/** The only licence of whoever sits there, and the key of the body that issued it. */
export async function own(page: Page): Promise<{ id: string; number: string; industry: string; lead: string }> {
  const [licence] = (await read<{ items: { id: string; number: string; industry: string }[] }>(page, '/licences')).items
  if (!licence) throw new Error('no licence')
  return { ...licence, lead: { construction: 'housing', civil_explosives: 'industry' }[licence.industry] ?? 'emergency' }
}

/** Answers what a dialog asks, and does it. */
export async function answer(page: Page, answers: Record<string, string>, action: string): Promise<void> {
  for (const [label, words] of Object.entries(answers)) await dialog(page).getByLabel(new RegExp(`^${label}(选填)?$`)).fill(words)
  await accessible(page)
  await dialog(page).getByRole('button', { name: action, exact: true }).click()
  await expect(dialog(page)).toBeHidden()
}

/** Looks at the document and lets it go out. */
export async function send(page: Page, action: string): Promise<void> {
  await dialog(page).getByRole('button', { name: /^下一步：/ }).click()
  await expect(dialog(page).locator('canvas').first()).toBeVisible()
  await accessible(page)
  await dialog(page).getByRole('button', { name: action, exact: true }).click()
  await expect(dialog(page)).toBeHidden()
}

/** Finds every condition met. */
export async function review(page: Page): Promise<void> {
  const panel = page.getByRole('tabpanel')
  await expect(panel.getByRole('listitem').first()).toBeVisible()
  for (const group of await panel.getByRole('listitem').all()) await group.getByText('符合', { exact: true }).click()
  await panel.getByText('同意', { exact: true }).click()
  await panel.getByLabel('审查意见').fill('已逐条核对，符合本部门负责审查的条件。')
}
export async function handIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: '提交审查结果' }).click()
  await dialog(page).getByRole('button', { name: '确认提交' }).click()
  await expect(page.getByRole('button', { name: '提交审查结果' })).toBeHidden()
}
/** An opinion of the first or the second reviewer. */
export async function recommend(page: Page, stage: '初审' | '复审', words: string): Promise<void> {
  await act(page, `提交${stage}意见`)
  await dialog(page).getByRole('radio', { name: '建议准予许可' }).check()
  await dialog(page).getByLabel('意见', { exact: true }).fill(words)
  await dialog(page).getByRole('button', { name: '确认提交' }).click()
  await expect(dialog(page)).toBeHidden()
}
/** The leader grants, with the papers looked at before. */
export async function grant(page: Page): Promise<void> {
  await act(page, '作出决定')
  await dialog(page).getByRole('radio', { name: '准予许可', exact: true }).check()
  await dialog(page).getByLabel('理由').fill('经审查，符合法定条件。')
  await send(page, '确认决定')
  await state(page, '准予许可')
}

/** The last steps of the wizard: whom to ask, every paper that is missing, hand in. Gives the address of the application. */
export async function complete(page: Page): Promise<string> {
  await expect(heading(page)).toHaveText('填写申请内容')
  await page.getByLabel('联系人').fill('李明')
  await page.getByLabel('联系电话').fill('13800138000')
  await page.getByRole('checkbox', { name: /真实性/ }).check()
  await expect(page.getByText(/已保存$/)).toBeVisible()
  await page.getByRole('button', { name: '下一步' }).click()
  await upload(page)
  return handedIn(page)
}
/** The last look at an application before it goes in. */
async function handedIn(page: Page): Promise<string> {
  await page.getByRole('button', { name: '下一步' }).click()
  await expect(page.getByText('可以提交了')).toBeVisible()
  await page.getByRole('button', { name: '提交申请' }).click()
  await expect(heading(page)).toHaveText('已提交，等待受理')
  return placeOf(page)
}
/** Every paper that is missing is handed in, one file each. */
export async function upload(page: Page): Promise<void> {
  await uploadMissing(page)
  await expect(heading(page)).toHaveText('材料已经齐了')
}
async function uploadMissing(page: Page): Promise<void> {
  await expect(heading(page)).toHaveText(/材料/)
  const missing = page.getByRole('region').filter({ hasText: '还没有上传' }).filter({ has: page.locator('input[type=file]') })
  for (const name of await missing.getByRole('heading').allInnerTexts()) {
    await page.getByLabel(`选择文件 ${name}`).setInputFiles([pdf(`${name}.pdf`)])
    await expect(page.getByRole('list', { name: `${name}的文件` }).getByRole('listitem')).toHaveCount(1)
  }
}
/** Asks for another representative, with one paper that is to follow, against his signature. Gives the address of the application. */
export async function promise(page: Page, to: string): Promise<string> {
  const { id, industry } = await own(page)
  await open(page, `/applications/new/${industry}.change?licence=${id}&facet=legal_representative`)
  await page.getByRole('button', { name: '开始填写' }).click()
  await page.getByLabel(/^变更后的法定代表人/).fill(to)
  await page.getByLabel('变更日期').fill(await today(page))
  await page.getByRole('button', { name: '下一步' }).click()
  await page.getByLabel('联系人').fill('李明')
  await page.getByLabel('联系电话').fill('13800138000')
  await page.getByRole('checkbox', { name: /真实性/ }).check()
  await page.getByRole('button', { name: '下一步' }).click()
  await expect(heading(page)).toHaveText(/材料/)
  const last = page.getByRole('region').filter({ has: page.getByRole('checkbox', { name: /^暂时不能提交/ }) }).last()
  const promised = await last.getByRole('heading').innerText()
  await last.getByRole('checkbox', { name: /^暂时不能提交/ }).check()
  await expect(page.getByRole('region', { name: '容缺受理承诺书' })).toContainText(promised)
  await uploadMissing(page)
  await page.getByLabel('承诺人').fill(to)
  await page.getByRole('checkbox', { name: '已阅读承诺书，代表本单位签署' }).check()
  await sound(page)
  return handedIn(page)
}

/** What of an application tells where it goes next. */
interface Going {
  state: string
  lead: { key: string }
  reviews: { department_name: string; progress: string }[]
}
export const going = (page: Page, address: string): Promise<Going> => read<Going>(page, address)

/** The window takes an application. */
export async function accept(sit: Seat, address: string, lead: string, before?: (page: Page) => Promise<void>): Promise<Page> {
  const clerk = await sit(officerOf('clerk', lead), address)
  await act(clerk, '受理')
  await before?.(clerk)
  await send(clerk, '确认受理')
  return clerk
}
/** Whatever stands between acceptance and decision, done by whoever has to; the way of some matters is short. */
export async function examine(sit: Seat, address: string, lead: string): Promise<Page> {
  const leader = await sit(officerOf('approver', lead))
  for (const { department_name: department, progress } of (await going(leader, address)).reviews) {
    if (progress !== 'reviewing') continue
    const reviewer = await sit(reviewerOf(department), address)
    await review(reviewer)
    await handIn(reviewer)
    await reviewer.close()
  }
  for (const [now, role, stage] of [['first_review', 'first', '初审'], ['second_review', 'second', '复审']] as const) {
    if ((await going(leader, address)).state === now) await recommend(await sit(officerOf(role, lead), address), stage, '材料齐全，符合条件。')
  }
  await open(leader, address)
  await state(leader, '待决定')
  return leader
}
