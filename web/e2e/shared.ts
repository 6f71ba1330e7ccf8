import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from '@playwright/test'

/** A folder of the run, which begins empty. */
export function folder(): string {
  const { outputDir } = test.info().project
  mkdirSync(outputDir, { recursive: true })
  return outputDir
}

/**
 * What has been seen in a run, by any of its workers: a file to which lines are added. Two that look at the same moment
 * both look, which costs time and nothing else.
 */
export class Seen {
  private readonly known = new Set<string>()
  private read = 0

  constructor(private readonly name: string) {}

  /** Those that nobody had seen; from now on they are. */
  add(keys: readonly string[]): string[] {
    const file = join(folder(), `${this.name}.seen`)
    const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
    for (const line of text.slice(this.read).split('\n')) if (line) this.known.add(line)
    this.read = text.length
    const fresh = keys.filter((key) => !this.known.has(key))
    for (const key of fresh) this.known.add(key)
    if (fresh.length > 0) appendFileSync(file, `${fresh.join('\n')}\n`)
    return fresh
  }
  /** Whether this one had not been seen. */
  first = (key: string): boolean => this.add([key]).length > 0
}
