import { beforeEach, describe, expect, it, vi } from 'vitest'
import { kinds } from '@/api/problem'
import { onSessionEnd, randomKey, send } from '@/api/transport'

const sent: Request[] = []
/** Answers one after another; a text is a network that fails. */
function answers(...list: (Response | 'lost')[]): void {
  sent.length = 0
  vi.spyOn(globalThis, 'fetch').mockImplementation((request) => {
    sent.push(request as Request)
    const next = list.shift()
    if (next === undefined || next === 'lost') return Promise.reject(new TypeError('network'))
    return Promise.resolve(next)
  })
}
const ended = (): Response => new Response(JSON.stringify({ type: kinds.unauthenticated, title: '请先登录' }), { status: 401 })
const post = (): Request => new Request('http://127.0.0.1/api/v1/things', { method: 'POST', body: '{"a":1}' })

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 500 })
})

describe('sending', () => {
  it('gives every POST a key and keeps it over retries', async () => {
    answers('lost', new Response('{}', { status: 201 }))
    expect((await send(post())).status).toBe(201)
    const keys = sent.map((request) => request.headers.get('idempotency-key'))
    expect(keys).toHaveLength(2)
    expect(keys[0]).toMatch(/^[0-9a-f]{32}$/)
    expect(keys[1]).toBe(keys[0])
  })
  it('tries again while the server is busy', async () => {
    answers(new Response('', { status: 503 }), new Response('[]'))
    expect((await send(new Request('http://127.0.0.1/api/v1/things'))).status).toBe(200)
  })
  it('never repeats an edit: its version would be stale', async () => {
    answers('lost')
    await expect(send(new Request('http://127.0.0.1/x', { method: 'PUT', body: '{}' }))).rejects.toMatchObject({ problem: { type: kinds.offline } })
    expect(sent).toHaveLength(1)
  })
  it('says that nothing is known when the network stays away', async () => {
    answers()
    await expect(send(post())).rejects.toMatchObject({ problem: { status: 0 } })
    expect(sent).toHaveLength(3)
  })
})

describe('an ended session', () => {
  it('is renewed, and the same request goes on', async () => {
    const renewed = vi.fn(() => Promise.resolve())
    onSessionEnd(renewed)
    answers(ended(), new Response('{}', { status: 201 }))
    expect((await send(post())).status).toBe(201)
    expect(renewed).toHaveBeenCalledOnce()
    expect(await sent[1]?.text()).toBe('{"a":1}')
  })
  it('is not mistaken for a wrong code', async () => {
    const renewed = vi.fn(() => Promise.resolve())
    onSessionEnd(renewed)
    answers(new Response(JSON.stringify({ type: kinds.secondFactor, title: '需要动态口令' }), { status: 401 }))
    expect((await send(post())).status).toBe(401)
    expect(renewed).not.toHaveBeenCalled()
  })
})

it('makes keys without a secure context', () => {
  expect(new Set(Array.from({ length: 50 }, randomKey)).size).toBe(50)
})
