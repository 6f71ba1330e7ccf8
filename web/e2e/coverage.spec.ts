import { existsSync, readFileSync } from 'node:fs'
import { read } from './acts'
import { expect, test } from './support'
import { logOf, type Look, routesOf } from './looks'

/** Routes that show nothing of their own. */
const NO_PAGES = new Set(['/forbidden'])

test('no page was left out', async ({ sit }) => {
  const page = await sit('admin', '/')
  const file = logOf()
  const looks = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Look) : []
  const visited = new Set(looks.map((look) => look.route))
  const missed = (await routesOf(page)).filter((route) => !visited.has(route) && !NO_PAGES.has(route))
  expect(missed).toEqual([])
})

test('no job was given up', async ({ sit }) => {
  const page = await sit('admin', '/admin/health')
  expect((await read<{ items: unknown[] }>(page, '/jobs?state=dead')).items).toEqual([])
})
