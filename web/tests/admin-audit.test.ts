import { describe, expect, it } from 'vitest'
import { admin } from '@/locales/zh-CN/admin'
import { shared } from '@/locales/zh-CN/shared'
import { recentActs } from '@/features/admin/account'
import type { Event } from '@/features/admin/api'
import { placeOf, subjectKind } from '@/features/admin/audit'
import { toTheSecond } from '@/features/admin/days'

/** The sources of the server are read here alone, so the pages' program knows no types of Node. */
interface Files {
  readdirSync: (folder: string, options: { recursive: true }) => string[]
  readFileSync: (path: string, encoding: 'utf8') => string
}
const node = 'node:fs'
const files = (await import(/* @vite-ignore */ node)) as Files

const event = (title: string, more: Partial<Event> = {}): Event => ({ id: title, at: '2026-11-23T01:12:05Z', kind: 'account.made', title, subject_type: 'account', subject_id: 'a', version: 1, actor: '孟春萍', data: {}, seq: 1, ...more })

describe('what the administration names', () => {
  const crates = decodeURIComponent(new URL(import.meta.url).pathname).replace(/[^/]*$/, '../../crates/')
  const rust = files
    .readdirSync(crates, { recursive: true })
    .filter((path) => /^[^/]+\/src\/.*\.rs$/.test(path))
    .map((path) => files.readFileSync(crates + path, 'utf8'))
  const all = (pattern: RegExp): string[] => [...new Set(rust.flatMap((text) => [...text.matchAll(pattern)].map((found) => found[1] ?? '')))]

  it('is every kind of job that the server does', () => {
    const kinds = [...all(/const [A-Z_]*JOB: &str = "([a-z_.]+)"/g), ...all(/fn kind\(&self\) -> &'static str \{\s*"([a-z]+\.[a-z_]+)"/g)]
    expect(kinds.length).toBeGreaterThan(15)
    expect(kinds.filter((kind) => !(kind in admin.health.kinds))).toEqual([])
    expect(Object.keys(admin.health.kinds).filter((kind) => !kinds.includes(kind))).toEqual([])
  })
  it('is every kind of object that events are about', () => {
    const kinds = all(/const SUBJECT: &'static str = "([a-z_]+)"/g)
    expect(kinds.length).toBeGreaterThan(10)
    expect(kinds.filter((kind) => subjectKind(kind) === admin.audit.otherSubject)).toEqual([])
  })
  it('is every part of the system that acts', () => {
    const parts = all(/Actor::system\(\s*"([^"]+)"/g).filter((name) => name !== '测试')
    expect(parts.length).toBeGreaterThan(15)
    expect(Object.keys(shared.timeline.parts).sort()).toEqual(parts.sort())
  })
})

describe('an event', () => {
  it('leads to what it is about, where that has a page', () => {
    expect(placeOf({ subject_type: 'licence_case', subject_id: '7' })).toBe('/cases/7')
    expect(placeOf({ subject_type: 'session', subject_id: '7' })).toBeNull()
  })
  it('is told to the second', () => expect(toTheSecond('2026-11-23T01:12:05Z')).toMatch(/09:12:05$/))
})

describe('the latest acts of an account', () => {
  const acts = (page: Parameters<typeof recentActs>[0], lines = 9): string[] => recentActs(page, lines).map(({ title, times }) => `${title} ${times}`)
  it('count runs that are known to their end', () => {
    expect(acts({ items: [event('a'), event('a'), event('b')] })).toEqual(['a 2', 'b 1'])
    expect(acts({ items: [event('a'), event('a'), event('b')] }, 1)).toEqual(['a 2'])
  })
  it('leave out the run that the page cuts off, or its number where there is no other', () => {
    expect(acts({ items: [event('a'), event('a'), event('b')], next: 'more' })).toEqual(['a 2'])
    expect(acts({ items: [event('a'), event('a')], next: 'more' })).toEqual(['a 1'])
  })
  it('do not repeat whose they are', () => expect(recentActs({ items: [event('a')] }, 1)[0]?.actor).toBe(''))
})
