/** What differs between two versions of a definition, fact by fact. */
export interface Difference {
  /** The part of the definition, such as `materials`. */
  section: string
  /** Which entry and which fact of it. */
  path: string
  kind: 'added' | 'removed' | 'changed'
  before?: string
  after?: string
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json }
/** What names an entry of a list, so that a list may change its order without everything having changed. */
const NAMES = ['key', 'department', 'document', 'cause', 'statute', 'name', 'role', 'text'] as const
/** Part of every version; says nothing about the rules. */
const ASIDE = new Set(['$schema', 'version', 'key', 'industry', 'kind'])

function nameOf(entry: Json, at: number): string {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return String(at + 1)
  const found = NAMES.map((name) => entry[name]).find((value) => typeof value === 'string')
  return found === undefined ? String(at + 1) : String(found)
}
const plain = (value: Json): boolean => typeof value !== 'object' || value === null

function said(value: Json): string {
  if (Array.isArray(value)) return value.map(said).join('、')
  if (plain(value)) return String(value)
  return Object.values(value as { [key: string]: Json }).map(said).filter(Boolean).join(' ')
}

/** Members of an object or named entries of a list. */
function parts(value: Json): Map<string, Json> {
  if (!Array.isArray(value)) return new Map(plain(value) ? [] : Object.entries(value as { [key: string]: Json }))
  const named = new Map<string, Json>()
  value.forEach((entry, at) => {
    const name = nameOf(entry, at)
    named.set(named.has(name) ? `${name}#${at + 1}` : name, entry)
  })
  return named
}

function walk(section: string, path: string[], before: Json | undefined, after: Json | undefined, found: Difference[]): void {
  if (JSON.stringify(before) === JSON.stringify(after)) return
  const where = path.join(' / ')
  if (before === undefined || after === undefined) {
    if (before !== undefined) found.push({ section, path: where, kind: 'removed', before: said(before) })
    else if (after !== undefined) found.push({ section, path: where, kind: 'added', after: said(after) })
    return
  }
  const lists = Array.isArray(before) && Array.isArray(after)
  const flat = lists && [...before, ...after].every(plain)
  if (plain(before) || plain(after) || flat || Array.isArray(before) !== Array.isArray(after)) {
    found.push({ section, path: where, kind: 'changed', before: said(before), after: said(after) })
    return
  }
  const [old, now] = [parts(before), parts(after)]
  for (const name of new Set([...old.keys(), ...now.keys()])) walk(section, [...path, name], old.get(name), now.get(name), found)
}

/** Everything that differs, in the order of the definition. */
export function compare(before: object, after: object): Difference[] {
  const found: Difference[] = []
  const [old, now] = [parts(before as Json), parts(after as Json)]
  for (const section of new Set([...now.keys(), ...old.keys()])) {
    if (!ASIDE.has(section)) walk(section, [], old.get(section), now.get(section), found)
  }
  return found
}
