import { describe, expect, it } from 'vitest'
import { advice, askedOf, blankItems, concerns, facetsOf, type Held, itemField, likely, linesOf, offered, requestOf } from '@/features/applications/asking'
import { stepOfGap, stepsOf } from '@/features/applications/wizard'
import { instant, questionsOf } from '@/features/holding/filings'
import { addDays, addMonths, weeksOf } from '@/features/holding/months'
import { headingOf, todosOf } from '@/features/holding/todo'
import { waysOf } from '@/features/licences/holder'
import { facilityRequest, staffRequest } from '@/features/registry/keeping'
import type { Schema } from '@/api/client'
import { banded, bandOf, type Duty, goneOf, pressing, wayOf } from '@/shared/lib/duties'
import { foldDaily } from '@/shared/lib/timeline'

const TODAY = '2026-11-22'
const duty = (more: Partial<Duty>): Duty =>
  ({ key: 'self_check', licence: 'l', number: 'n', enterprise: 'e', title: 't', due: '2026-11-30', state: 'due', basis: [], mark: 'confirmed', ...more }) as Duty

describe('duties stand by deadline', () => {
  it('as the server says how they stand', () => {
    expect(bandOf(duty({}), TODAY)).toBe('month')
    expect(bandOf(duty({ due: TODAY }), TODAY)).toBe('week')
    expect(bandOf(duty({ due: '2027-06-30' }), TODAY)).toBe('later')
    expect(bandOf(duty({ state: 'done' }), TODAY)).toBe('done')
    expect(bandOf(duty({ key: 'posting', state: 'missed', due: '2026-11-01' }), TODAY)).toBe('late')
  })
  it('a renewal that is late can still be asked for; a month that is over cannot be checked', () => {
    expect(bandOf(duty({ key: 'renewal', due: '2026-11-10' }), TODAY)).toBe('late')
    expect(bandOf(duty({ state: 'missed', due: '2026-10-31' }), TODAY)).toBe('gone')
  })
  it('and missed months are one line a licence', () => {
    const months = ['2026-10-31', '2026-08-31', '2026-09-30'].map((due) => duty({ state: 'missed', due, title: due.slice(0, 7) }))
    expect(goneOf([...months, duty({ state: 'missed', licence: 'm', due: '2026-09-30', title: 'x' })])).toMatchObject([
      { first: '2026-08', last: '2026-10', count: 3 },
      { first: 'x', last: 'x', count: 1 },
    ])
    expect(banded(months, TODAY).map(({ band }) => band)).toEqual(['gone'])
  })
  it('what presses is the holder’s own', () => {
    const list = [duty({ key: 'annual_review', due: '2026-12-10' }), duty({ due: '2026-11-30' }), duty({ key: 'renewal', due: '2026-11-10' })]
    expect(pressing(list, TODAY).map(({ key }) => key)).toEqual(['renewal', 'self_check'])
  })
  it('each leads to where it is done', () => {
    const held = { id: 'l', industry: 'hazchem', allowed_actions: ['self_check'] } as const
    expect(wayOf(duty({}), { ...held, allowed_actions: ['self_check'] }, TODAY).to).toBe('/licences/l/filings/self_check')
    expect(wayOf(duty({ due: '2026-12-31' }), { ...held, allowed_actions: ['self_check'] }, TODAY)).toMatchObject({ to: '/licences/l', note: 'ahead' })
    expect(wayOf(duty({ key: 'renewal' }), { ...held, allowed_actions: [] }, TODAY).to).toBe('/applications/new/hazchem.renewal?licence=l')
    expect(wayOf(duty({ key: 'posting', filing: 'f' }), undefined, TODAY).to).toBe('/filings/f')
  })
})

describe('the home of an enterprise', () => {
  const item = (more: object): Schema<'ListItem'> => ({ id: 'a', matter_name: 'm', state: 'draft', kind: 'renewal', waiting_for: [], ...more }) as unknown as Schema<'ListItem'>
  it('puts everything in one order, drafts last', () => {
    const todos = todosOf([item({}), item({ id: 'c', state: 'correcting', clock: { due_on: '2026-11-25', left: 2, unit: 'working_days', light: 'yellow' } })], [duty({}), duty({ key: 'renewal', due: '2026-11-10' })], [], TODAY)
    expect(todos.map(({ due }) => due)).toEqual(['2026-11-10', '2026-11-25', '2026-11-30', null])
    expect(todos[1]).toMatchObject({ said: '剩 2 个工作日', tone: 'soon' })
    expect(headingOf(todos, [], [], TODAY)).toBe('1 件事已经逾期')
  })
  it('does not ask for what is under way', () => {
    expect(todosOf([], [duty({ key: 'renewal', due: '2026-11-10', application: 'a' } as Partial<Duty>)], [], TODAY)).toEqual([])
  })
})

const held = { holder: { name: '甲', address: '乙', legal_representative: '丙', economic_type: '丁' }, scope: ['一', '二'] } as unknown as Held

describe('what is asked about a licence', () => {
  it('goes there and back', () => {
    const subject = { kind: 'change', occurred_on: '2026-11-01', items: [{ item: 'scope', from: ['一'], to: ['一', '二'] }, { item: 'name', from: '甲', to: '新' }] } as const
    const entries = askedOf(subject as unknown as Parameters<typeof askedOf>[0])
    expect(entries.to.scope).toBe('一\n二')
    expect(requestOf(entries)).toEqual({ kind: 'change', occurred_on: '2026-11-01', items: [{ item: 'name', to: '新' }, { item: 'scope', to: ['一', '二'] }] })
    expect(facetsOf(entries)).toEqual(['scope', 'name'])
  })
  it('a chosen item without new content is said and not sent', () => {
    const entries = { ...askedOf({ kind: 'change', items: [] }), chosen: ['name' as const, 'address' as const] }
    entries.to.address = '乙'
    expect(blankItems(entries, held).map(({ field }) => field)).toEqual(['to.name', 'to.address'])
    expect(requestOf(entries, held)).toMatchObject({ items: [] })
    entries.to.name = '新'
    expect(requestOf(entries, held)).toMatchObject({ items: [{ item: 'name', to: '新' }] })
  })
  it('a renewal with review declares nothing', () => {
    const entries = { ...askedOf({ kind: 'renewal', direct: false }), declared: ['x'], level: '2', level_until: '2027-01-01' }
    expect(requestOf(entries)).toEqual({ kind: 'renewal', direct: false, declared: [], standardisation: null })
    expect(requestOf({ ...entries, direct: true })).toMatchObject({ direct: true, declared: ['x'], standardisation: { level: 2 } })
  })
  it('faults find their fields', () => {
    const request = requestOf({ ...askedOf({ kind: 'change', items: [] }), chosen: ['scope'], to: { name: '', address: '', legal_representative: '', economic_type: '', scope: '一' } })
    expect(itemField('subject.items[0].to', request)).toBe('to.scope')
    expect(itemField('subject.occurred_on', request)).toBe('occurred_on')
    expect(stepOfGap({ field: 'subject.items' })).toBe('subject')
    expect(stepsOf(true, true)).toEqual(['subject', 'form', 'materials', 'check'])
    expect(stepsOf(true, false)).toEqual(['materials', 'check'])
  })
  it('papers concern what was chosen, and everything before', () => {
    expect(concerns(['loss'], ['damage'])).toBe(false)
    expect(concerns(['loss'], [])).toBe(true)
    expect(concerns([], ['damage'])).toBe(true)
    expect(linesOf({ kind: 'replacement', cause: 'loss', account: '丢了', occurred_on: null }, (one) => one)).toHaveLength(2)
    const all = [{ kind: 'first_issue', industry: 'a' }, { kind: 'renewal', industry: 'a' }, { kind: 'renewal', industry: 'b' }] as const
    expect(offered(all, new Set(['a']), false)).toEqual([all[1], all[0]])
    expect(offered(all, new Set(['a']), true)).toHaveLength(3)
  })
  it('what was begun and the own industry come first', () => {
    const all = [{ key: '1', industry: 'a' }, { key: '2', industry: 'b' }, { key: '3', industry: 'c' }, { key: '4', industry: 'b' }]
    expect(likely(all, new Set(['4']), new Set(['c'])).map(({ key }) => key)).toEqual(['4', '2', '3', '1'])
  })
  it('one sentence says by when, or what is past', () => {
    const law = { name: '法定时限', until: '2026-08-19', late: false, after: 'noted' as const }
    const city = { name: '本市时限', until: '2026-09-20', late: false, after: 'noted' as const }
    const last = { name: '最后期限', until: '2027-02-10', late: false, after: 'fresh_application' as const }
    const said = (...windows: Parameters<typeof advice>[0]): unknown => advice(windows, (one) => one)
    expect(said()).toBeUndefined()
    expect(said(last, city, law)).toEqual({ late: false, said: '请在 2026-08-19前申请。' })
    expect(said({ ...law, late: true }, city, last)).toEqual({ late: true, said: '已经超过法定时限，请尽快申请。' })
    expect(said({ ...law, late: true }, { ...city, late: true }, last)).toEqual({ late: true, said: '已经超过法定时限、本市时限，请尽快申请；最晚 2027-02-10，过期只能重新申请领取。' })
    expect(said({ ...last, late: true })).toEqual({ late: true, said: '已经超过最后期限，不能再办理本事项。' })
  })
})

const matter = (kind: string, more: object) => ({ key: `coal.${kind}`, kind, kind_name: kind, allowed: true, facets: [], windows: [], ...more }) as unknown as Schema<'LicenceMatterView'>
it('what can be asked for is as the server judges', () => {
  const ways = waysOf('l', [
    matter('deregistration', { allowed: false, reason: 'why not' }),
    matter('renewal', { windows: [{ internal: false, until_words: 'day', late: true }, { internal: true, until_words: 'last', late: false }] }),
    matter('change', { running: { id: 'a', state: 'draft', state_name: 's' } }),
  ])
  expect(ways.map(({ kind, to }) => `${kind} ${to}`)).toEqual(['renewal /applications/new/coal.renewal?licence=l', 'change /applications/a/edit', 'deregistration undefined'])
  expect(ways[0]?.lines[1]).toEqual({ said: '应在day前申请，已经逾期；最迟last前仍可以申请', tone: 'late' })
  expect(ways[2]?.lines[0]?.said).toBe('why not')
})
it('what is refused for the same reason is said once', () => {
  const ways = waysOf('l', [matter('renewal', {}), matter('change', { allowed: false, reason: 'over' }), matter('replacement', { allowed: false, reason: 'over' }), matter('deregistration', { allowed: false, reason: 'other' })])
  expect(ways.map(({ name, to }) => `${name} ${to ? 'open' : 'closed'}`)).toEqual(['renewal open', 'change、replacement closed', 'deregistration closed'])
})

describe('filings and files', () => {
  it('ask what is needed', () => {
    const [, findings] = questionsOf('self_check', TODAY)
    expect(findings?.when?.({ intact: 'yes' })).toBe(false)
    expect(findings?.when?.({ intact: 'no' })).toBe(true)
    expect(new Date(instant('2026-11-22', '08:30')).toISOString()).toBe('2026-11-22T00:30:00.000Z')
  })
  it('send nothing for what was left blank', () => {
    expect(staffRequest({ name: ' 张三 ', post: 'principal' })).toMatchObject({ name: '张三', phone: null, certificate_kind: '', valid_until: null })
    expect(() => facilityRequest({ name: '库', kind: 'facility', longitude: 'x' })).toThrow()
    expect(facilityRequest({ name: '库', kind: 'facility', level: '1', longitude: '115.9' })).toMatchObject({ level: null, longitude: 115.9, latitude: null })
  })
})

describe('months', () => {
  it('begin on Monday and are whole weeks', () => {
    const weeks = weeksOf('2026-11', [duty({})])
    expect(weeks[0]?.[0]?.day).toBe('2026-10-26')
    expect(weeks.at(-1)?.[0]).toMatchObject({ day: '2026-11-30', own: true, duties: [{ due: '2026-11-30' }] })
    expect(weeks.every((week) => week.length === 7)).toBe(true)
  })
  it('turn with the year', () => {
    expect(addMonths('2026-12', 1)).toBe('2027-01')
    expect(addMonths('2026-01', -1)).toBe('2025-12')
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  })
})

it('who looked several times on a day is one line, whatever lies between', () => {
  const entry = (id: string, kind: string, at: string) => ({ id, kind, title: kind, at, actor: 'a' })
  const folded = foldDaily([
    entry('5', 'x_read', '2026-11-22T05:00:00Z'),
    entry('4', 'changed', '2026-11-22T04:00:00Z'),
    entry('3', 'x_read', '2026-11-22T03:00:00Z'),
    entry('2', 'changed', '2026-11-22T02:00:00Z'),
    entry('1', 'x_read', '2026-11-21T03:00:00Z'),
  ])
  expect(folded.map(({ id, times }) => `${id}×${times}`)).toEqual(['5×2', '4×2', '1×1'])
})
