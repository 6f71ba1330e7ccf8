import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from './support'
import { logOf, type Look, routesOf } from './walk'

/** Routes that show nothing of their own. */
const NO_PAGES = new Set(['/forbidden'])
/** Pages of things that a fresh city does not have, or that a button leads to; the journeys make them and look at them. */
const OF_JOURNEYS = new Set(['/enterprises/imports/:id', '/lists/:matter/propose'])

test('no page was left out', async ({ sit }) => {
  const page = await sit('admin', '/')
  const file = logOf()
  const looks = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as Look) : []
  const visited = new Set(looks.map((look) => look.route))
  const missed = (await routesOf(page)).filter((route) => !visited.has(route) && !NO_PAGES.has(route) && !OF_JOURNEYS.has(route))
  expect(missed).toEqual([])
})
