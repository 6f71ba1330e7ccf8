// The pictures of docs/tour.md, taken from a fresh demo: makes a city in a temporary folder, serves it, walks through it
// as the people of the tour do, and removes it again. ANXU_PROGRAM names another program than target/release/anxu,
// ANXU_TOUR_URL a fresh demo that runs already.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from '@playwright/test'

const PASSWORD = 'Anxu-demo-2026'
const ADDRESS = process.env.ANXU_TOUR_LISTEN ?? '127.0.0.1:8099'
const RUNNING = process.env.ANXU_TOUR_URL
const BASE = RUNNING ?? `http://${ADDRESS}`
const PROGRAM = process.env.ANXU_PROGRAM ?? fileURLToPath(new URL('../../target/release/anxu', import.meta.url))
const OUT = fileURLToPath(new URL('../../docs/tour/', import.meta.url))
const DESK = { width: 1440, height: 900 }
const PHONE = { width: 360, height: 740 }

const folder = mkdtempSync(join(tmpdir(), 'anxu-tour-'))
// It stands in the folder: a settings file of the tree is not the demo's.
const server = RUNNING
  ? null
  : spawn(PROGRAM, ['demo', '--enterprises', '300'], {
      cwd: folder,
      env: { ...process.env, ANXU_DATA_DIR: join(folder, 'data'), ANXU_LISTEN: ADDRESS, ANXU_PUBLIC_URL: BASE },
      stdio: ['ignore', 'ignore', 'inherit'],
    })
let gone = false
server?.on('exit', () => (gone = true))

/** Waits until the city is made and served. */
async function served() {
  for (let tries = 0; tries < 300; tries += 1) {
    if (gone) throw new Error(`${PROGRAM} did not start; build it with \`make build\``)
    const ready = await fetch(`${BASE}/readyz`).then((answer) => answer.ok, () => false)
    if (ready) return
    await new Promise((done) => setTimeout(done, 1000))
  }
  throw new Error('the demo city took too long')
}

let browser
/** A person at a screen, signed in. */
async function person(login, viewport = DESK) {
  const context = await browser.newContext({ viewport, locale: 'zh-CN', timezoneId: 'Asia/Shanghai', baseURL: BASE })
  const page = await context.newPage()
  if (login) {
    const answer = await context.request.post('/api/v1/sessions', { data: { login, password: PASSWORD } })
    if (!answer.ok()) throw new Error(`${login}: ${answer.status()}`)
  }
  return page
}
const get = async (page, path) => (await page.context().request.get(path)).json()
async function open(page, path) {
  await page.goto(path)
  await page.getByRole('heading', { level: 1 }).waitFor()
  // A menu that is shut has a skeleton as well.
  await page.waitForFunction(() => !Array.from(document.querySelectorAll('.skeleton, [aria-busy="true"]')).some((element) => element.checkVisibility()))
  // Papers are drawn after they came; where progress is followed the network is never quite idle.
  await page.waitForLoadState('networkidle', { timeout: 10_000 }).catch(() => undefined)
}
async function picture(page, name, fullPage = false) {
  await page.waitForTimeout(400)
  await page.screenshot({ path: `${OUT}${name}.png`, fullPage })
  console.log(`docs/tour/${name}.png`)
}
/** The first application in a state, as this person sees it; with an act that this person may do, when one is named. */
async function inState(page, state, act) {
  const { items } = await get(page, `/api/v1/applications?state=${state}&limit=${act ? 50 : 1}`)
  for (const { id } of items) if (!act || (await get(page, `/api/v1/applications/${id}`)).allowed_actions.includes(act)) return id
  if (act) return null
  throw new Error(`no application is ${state}`)
}

const scenes = [
  async () => {
    const page = await person(null)
    await open(page, '/app/login')
    await picture(page, '01-login')
  },
  async () => {
    const page = await person('ent.draft', PHONE)
    await open(page, '/app/')
    const id = await inState(page, 'draft')
    await open(page, `/app/applications/${id}/edit?step=materials`)
    await picture(page, '02-materials')
  },
  async () => {
    const page = await person('clerk')
    await open(page, '/app/')
    await picture(page, '03-window')
  },
  async () => {
    const page = await person('ent.correct', PHONE)
    await open(page, `/app/applications/${await inState(page, 'correcting')}`)
    await picture(page, '04-correction')
  },
  async () => {
    const page = await person('reviewer')
    await open(page, `/app/applications/${(await inState(page, 'in_review', 'review')) ?? (await inState(page, 'in_review'))}`)
    // A paper beside the form, and the lanes below.
    await page.getByRole('navigation', { name: '材料', exact: true }).getByRole('button', { name: /个文件/ }).first().click()
    await page.locator('canvas').first().waitFor()
    await picture(page, '05-review', true)
  },
  async () => {
    // Each body decides what it leads; on some days one of them has nothing to decide.
    for (const login of ['approver', 'approver.housing', 'approver.industry']) {
      const page = await person(login)
      const id = await inState(page, 'deciding', 'decide')
      if (!id) continue
      await open(page, `/app/applications/${id}`)
      await page.getByRole('button', { name: '作出决定', exact: true }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('radio', { name: '准予许可', exact: true }).check()
      await dialog.getByLabel('理由').fill('经审查，符合法定条件。')
      await dialog.getByRole('button', { name: /^下一步/ }).click()
      await dialog.getByRole('button', { name: /样张/ }).or(dialog.getByRole('tab', { name: /样张/ })).first().click()
      await dialog.locator('canvas').first().waitFor()
      await page.waitForTimeout(1500)
      await picture(page, '06-decision')
      return
    }
    throw new Error('nobody has anything to decide')
  },
  async () => {
    const page = await person('ent.granted')
    const { items } = await get(page, '/api/v1/licences?limit=1')
    await open(page, `/app/licences/${items[0].id}`)
    await page.locator('canvas').first().waitFor()
    await page.waitForTimeout(1500)
    await picture(page, '07-licence')
    const stranger = await person(null, PHONE)
    await open(stranger, `/v/${encodeURIComponent(items[0].number)}`)
    await picture(stranger, '08-public')
  },
  async () => {
    const page = await person('admin')
    await open(page, '/app/admin/audit?kind=licence.')
    await page.getByRole('button', { name: /^查看/ }).first().click()
    await page.getByRole('dialog').getByText(/^验证/).waitFor()
    await picture(page, '09-proof')
  },
]

try {
  await served()
  mkdirSync(OUT, { recursive: true })
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  })
  for (const scene of scenes) await scene()
} finally {
  await browser?.close()
  server?.kill()
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 500 })
}
