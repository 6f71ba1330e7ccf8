import { describe, expect, it } from 'vitest'
import type { Entry, Letter, Meeting, Rectification, Referral, Summary, Task } from '@/features/collaboration/api'
import { dayDue, dueOf, momentDue, until } from '@/features/collaboration/due'
import { bands, counted, duties, type Found, urgent } from '@/features/collaboration/duties'
import { finding, letterMarks, narrowed, ranked, totals } from '@/features/collaboration/ledger'
import { blankDays, blankMeeting, blankProblem, meetingRequest, written } from '@/features/collaboration/meeting'
import { progress, referralWaits, waitsFor } from '@/features/collaboration/rectification'
import { countWords } from '@/features/collaboration/words'
import { day } from '@/shared/lib/format'

const TODAY = '2026-11-23'
const NOW = new Date('2026-11-23T02:00:00Z')
const name = (key: string): { key: string; name: string } => ({ key, name: key === 'fire' ? '市消防支队' : '市应急局' })
const letter = (over: object = {}): Letter =>
  ({ id: 'l', kind: 'reminder', number: '1号', addressee: name('fire'), department: name('fire'), applicant: '甲', task: '部门审查', late_days: 3, at: '2026-11-22T00:00:00Z', sent_at: '2026-11-22T00:00:01Z', allowed_actions: ['receive'], ...over }) as Letter
const problem = (over: object = {}): Rectification =>
  ({ id: 'r', problem: '没有围堰', requirement: '修建', department: name('fire'), convener: name('emergency'), due_on: '2026-11-25', state: 'open', late: false, rounds: [], allowed_actions: ['report'], ...over }) as unknown as Rectification
const referral = (over: object = {}): Referral =>
  ({ id: 'm', title: '线索', sender: name('emergency'), addressee: name('fire'), sent: { name: '丁', at: '2026-11-22T08:00:00Z' }, due_at: '2026-11-23T08:00:00Z', state: 'sent', late: false, allowed_actions: ['receive'], ...over }) as Referral
const task = (id: string, left: number | null, stopped = false): Task =>
  ({ kind: 'review', name: '部门审查', department: 'fire', due_on: `2026-11-${String(23 + (left ?? 0)).padStart(2, '0')}`, application: { id, applicant: id, matter_name: '首次申请', reference: 'WH1' }, clock: { left, stopped } }) as unknown as Task
const tally = (department: string, red: number, yellow = 0, green = 0): Summary['items'][number] => ({ department, name: department, red, yellow, green })

describe('how near a last day is', () => {
  it('takes its tone from the light, not from the days', () => {
    expect(dueOf('green', 1)).toEqual({ words: '剩 1 日', tone: 'fine' })
    expect(dueOf('yellow', 0)).toEqual({ words: '今天到期', tone: 'soon' })
    expect(dueOf('red', -3)).toEqual({ words: '超期 3 日', tone: 'late' })
    expect(dueOf('yellow', 2, false, 'working_days')).toEqual({ words: '剩 2 个工作日', tone: 'soon' })
    expect(dueOf('green', 2, true, 'working_days')).toEqual({ words: '中止计时', tone: 'held' })
    expect(dueOf('red', -1, true, 'working_days')).toEqual({ words: '超期 1 个工作日', tone: 'late' })
    expect(dueOf('green', null)).toEqual({ words: '未定期限', tone: 'held' })
    expect(dayDue('2026-11-22', TODAY, true)).toEqual({ words: '超期 1 日', tone: 'late' })
    expect(dayDue('2026-11-23', TODAY, false)).toEqual({ words: '今天到期', tone: 'soon' })
  })
  it('counts hours where hours are given', () => {
    expect(momentDue('2026-11-24T01:30:00Z', NOW, false)).toEqual({ words: '剩 23 小时', tone: 'fine' })
    expect(momentDue('2026-11-23T02:20:00Z', NOW, false)).toEqual({ words: '剩不足 1 小时', tone: 'soon' })
    expect(momentDue('2026-11-22T23:00:00Z', NOW, true)).toEqual({ words: '逾期 3 小时', tone: 'late' })
    expect(momentDue('2026-11-13T02:00:00Z', NOW, true)).toEqual({ words: '逾期 10 日', tone: 'late' })
    expect(momentDue('2026-11-27T16:00:00Z', NOW, false)).toEqual({ words: '剩 5 日', tone: 'fine' })
  })
  it('ends a day at its 24:00', () => {
    expect(until('2026-11-25T16:00:00Z', day)).toBe('2026年11月25日 24:00')
    expect(until('2026-11-24T04:05:00Z', day)).toBe('2026年11月24日 12:05')
  })
})

describe('the ledger', () => {
  const items = [tally('甲', 0, 1, 4), tally('乙', 3, 0, 1), tally('丙', 1, 2, 0)]
  it('counts all departments and puts the latest first', () => {
    expect(totals(items)).toEqual({ red: 4, yellow: 3, green: 5, all: 12 })
    expect(ranked(items).map((one) => one.name)).toEqual(['乙', '丙', '甲'])
  })
  it('says what is late, and where most of it is', () => {
    expect(finding([], false)).toBe('没有在办事项')
    expect(finding([], true)).toBe('没有符合条件的在办事项')
    expect(finding([tally('甲', 0, 0, 2)], false)).toBe('2 项在办，都在时限内')
    expect(finding([tally('甲', 0, 1, 2)], false)).toBe('1 项临近期限，共 3 项在办')
    expect(finding(items, false)).toBe('4 项已超期，乙最多（3 项）')
    expect(finding([tally('甲', 2), tally('乙', 2)], false)).toBe('4 项已超期')
    expect(finding([tally('甲', 0, 0, 1), tally('乙', 2)], false)).toBe('2 项已超期，都在乙')
    expect(finding([tally('乙', 1)], false)).toBe('1 项已超期，在乙')
  })
  it('is narrowed by what is chosen', () => {
    expect(totals(narrowed(items, '丙', undefined)).all).toBe(3)
    expect(totals(narrowed(items, undefined, 'yellow'))).toEqual({ red: 0, yellow: 3, green: 0, all: 3 })
    expect(totals(narrowed([tally('', 0, 0, 2), ...items], '', 'green')).all).toBe(2)
  })
  it('names the last letter of each kind once', () => {
    const letters = [{ id: 'a', kind: 'reminder' }, { id: 'b', kind: 'reminder' }, { id: 'c', kind: 'escalation' }]
    expect(letterMarks({ letters } as Entry)).toEqual([{ id: 'b', kind: 'reminder', words: '提醒函 2 次' }, { id: 'c', kind: 'escalation', words: '提请督办' }])
  })
})

describe('what a department has to do', () => {
  const found: Found = {
    tasks: [task('later', 5), task('held', -2, true), task('late', -1), task('soon', 2)],
    letters: [letter(), letter({ id: 'done', allowed_actions: [] })],
    rectifications: [problem(), problem({ id: 'old', late: true, due_on: '2026-11-01' }), problem({ id: 'other', allowed_actions: [] })],
    referrals: [referral(), referral({ id: 'in', state: 'received', allowed_actions: ['answer'] }), referral({ id: 'lost', late: true, due_at: '2026-11-20T08:00:00Z' })],
  }
  const all = duties(found, TODAY, NOW)
  it('stands by deadline: what is late first, what stands still last', () => {
    expect(all.map((one) => one.key)).toEqual(['rectification.old', 'referral.lost', 'review.late.review.fire', 'letter.l', 'referral.m', 'review.soon.review.fire', 'rectification.r', 'referral.in', 'review.later.review.fire', 'review.held.review.fire'])
    expect(bands(all).map((band) => [band.key, band.rows.length])).toEqual([['late', 3], ['today', 2], ['soon', 2], ['later', 2], ['held', 1]])
    expect(urgent(all)).toBe(5)
  })
  it('leads to where it is done', () => {
    expect(all.find((one) => one.kind === 'letter')).toMatchObject({ to: '/collaboration/letters/l', act: '签收' })
    expect(all.find((one) => one.kind === 'review')).toMatchObject({ to: '/applications/late', act: '去审查' })
    expect(all.find((one) => one.key === 'referral.in')).toMatchObject({ act: '反馈结果' })
  })
  it('is counted by kind; reports wait for the convener', () => {
    expect(counted(all)).toEqual([{ kind: 'review', count: 4 }, { kind: 'letter', count: 1 }, { kind: 'rectification', count: 2 }, { kind: 'referral', count: 3 }])
    const closing = duties({ tasks: [], letters: [], referrals: [], rectifications: [problem({ state: 'reported', allowed_actions: ['close'] })] }, TODAY, NOW)
    expect(closing[0]).toMatchObject({ kind: 'closing', act: '核销', sub: '市消防支队已报结' })
  })
})

describe('a meeting', () => {
  it('cannot be sent with a day left blank; the rest is for the server', () => {
    const values = { ...blankMeeting(TODAY), held_on: '', problems: [blankProblem(), { ...blankProblem(), due_on: TODAY }] }
    const words = { held: '请填写会议日期', due: (number: number) => `问题 ${number}` }
    expect(blankDays(values, words)).toEqual([{ field: 'held_on', message: '请填写会议日期' }, { field: 'problems[0].due_on', message: '问题 1' }])
    expect(blankDays(blankMeeting(TODAY), words)).toEqual([])
  })
  it('is kept when there is something to keep, and sent without blanks around it', () => {
    expect(written(blankMeeting(TODAY))).toBe(false)
    expect(written({ ...blankMeeting(TODAY), departments: ['fire'] })).toBe(true)
    expect(meetingRequest({ ...blankMeeting(TODAY), title: ' 会 ', problems: [{ ...blankProblem(), problem: ' 甲 ' }] })).toMatchObject({ title: '会', problems: [{ problem: '甲' }] })
  })
  it('tells how far its problems are', () => {
    expect(progress({ problems: [] } as unknown as Meeting)).toBe('会议没有登记问题')
    expect(progress({ problems: [problem({ state: 'closed', late: true }), problem({ late: true }), problem()] } as Meeting)).toBe('3 个问题，1 个已核销，1 个逾期')
  })
})

it('says for whom a matter waits', () => {
  expect(waitsFor(problem())).toBe('等待市消防支队报结')
  expect(waitsFor(problem({ state: 'reported' }))).toBe('已报结，等待市应急局核销')
  expect(waitsFor(problem({ state: 'closed' }))).toBe('已核销')
  expect(referralWaits(referral())).toBe('等待市消防支队签收')
  expect(referralWaits(referral({ state: 'answered' }))).toBeUndefined()
  expect(countWords(50, true)).toBe('至少 50')
  expect(countWords(1200, false)).toBe('1,200')
})
