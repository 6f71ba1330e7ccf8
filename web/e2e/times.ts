import { basename } from 'node:path'
import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter'

/** Tells at the end how long each file took, the longest first: a run has to stay quick. */
export default class Times implements Reporter {
  private readonly files = new Map<string, { tests: number; time: number }>()
  private readonly begun = Date.now()

  onTestEnd(test: TestCase, { duration }: TestResult): void {
    const file = basename(test.location.file)
    const known = this.files.get(file) ?? { tests: 0, time: 0 }
    this.files.set(file, { tests: known.tests + 1, time: known.time + duration })
  }

  onEnd(): void {
    const seconds = (time: number): string => `${(time / 1_000).toFixed(0)} s`.padStart(6)
    for (const [file, { tests, time }] of [...this.files].sort(([, one], [, other]) => other.time - one.time)) console.log(`${seconds(time)}  ${file} (${tests})`)
    console.log(`${seconds(Date.now() - this.begun)}  in all`)
  }

  printsToStdio = (): boolean => false
}
