import { describe, expect, it } from 'vitest'
import { compare } from '@/features/admin/compare'
import { firstPassword } from '@/features/admin/password'
import { included, parse } from '@/features/admin/proof'

describe('two versions of a matter', () => {
  const before = { version: 1, name: 'n', clocks: [{ key: 'a', term: { amount: 5 } }, { key: 'b', term: { amount: 45 } }], forms: ['x'] }
  it('differ by the facts that were changed, added and removed', () => {
    const after = { version: 2, name: 'n', clocks: [{ key: 'b', term: { amount: 30 } }, { key: 'c', term: { amount: 1 } }], forms: ['x', 'y'] }
    expect(compare(before, after)).toEqual([
      { section: 'clocks', path: 'a', kind: 'removed', before: 'a 5' },
      { section: 'clocks', path: 'b / term / amount', kind: 'changed', before: '45', after: '30' },
      { section: 'clocks', path: 'c', kind: 'added', after: 'c 1' },
      { section: 'forms', path: '', kind: 'changed', before: 'x', after: 'x、y' },
    ])
  })
  it('do not differ where entries only changed their places', () => {
    expect(compare(before, { ...before, version: 2, clocks: [...before.clocks].reverse() })).toEqual([])
  })
})

/** A tree of five leaves, made here as RFC 9162 describes it: the test does not lean on what it tests. */
describe('a proof of inclusion', () => {
  const hash = async (...parts: (number | Uint8Array)[]): Promise<Uint8Array<ArrayBuffer>> =>
    new Uint8Array(await crypto.subtle.digest('SHA-256', Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...part])))))
  const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes))
  const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const entry = (at: number): Uint8Array<ArrayBuffer> => new Uint8Array(32).fill(at + 1)
  const bundle = (index: number, path: Uint8Array[], root: Uint8Array): string =>
    `c2sp.org/tlog-proof@v1\nindex ${index}\n${path.map((one) => `${base64(one)}\n`).join('')}\nexample.org/log\n5\n${base64(root)}\n\n— example.org/log AAAA\n`
  async function tree() {
    const leaves = await Promise.all([0, 1, 2, 3, 4].map((at) => hash(0, entry(at))))
    const [l0, l1, l2, l3, l4] = leaves as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array]
    const [left, right] = [await hash(1, l0, l1), await hash(1, l2, l3)]
    const four = await hash(1, left, right)
    return { l0, l1, l2, l3, l4, left, right, four, root: await hash(1, four, l4) }
  }

  it('holds for a leaf in the middle and for the last, whose path is short', async () => {
    const t = await tree()
    expect(await included(hex(entry(2)), bundle(2, [t.l3, t.left, t.l4], t.root))).toBe(true)
    expect(await included(hex(entry(4)), bundle(4, [t.four], t.root))).toBe(true)
  })
  it('fails for another entry, place, path or root', async () => {
    const t = await tree()
    const path = [t.l3, t.left, t.l4]
    expect(await included(hex(entry(1)), bundle(2, path, t.root))).toBe(false)
    expect(await included(hex(entry(2)), bundle(3, path, t.root))).toBe(false)
    expect(await included(hex(entry(2)), bundle(2, path.slice(1), t.root))).toBe(false)
    expect(await included(hex(entry(2)), bundle(2, path, t.four))).toBe(false)
    expect(await included(hex(entry(2)), bundle(7, path, t.root))).toBe(false)
  })
  it('is not read from something else', () => {
    expect(parse('')).toBeNull()
    expect(parse('c2sp.org/tlog-proof@v1\nindex 1\n\nexample.org/log\nx\nAAAA\n')).toBeNull()
  })
})

it('a first password has signs of every kind and none that look alike', () => {
  for (let time = 0; time < 200; time += 1) {
    const password = firstPassword()
    expect(password).toHaveLength(14)
    for (const kind of [/[A-Z]/, /[a-z]/, /[2-9]/, /[-+=?#]/]) expect(password).toMatch(kind)
    expect(password).not.toMatch(/[O0oIl1]/)
  }
})
