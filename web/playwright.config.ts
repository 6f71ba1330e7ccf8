import { defineConfig } from '@playwright/test'

/** What works is quick. A machine that does other things besides gets all limits of time times this. */
const patience = Number(process.env.ANXU_E2E_PATIENCE ?? 1)

/** Journeys run against a real server on a fresh demo; `ANXU_E2E_URL` names one that runs already (`scripts/e2e` starts one). */
export default defineConfig({
  testDir: 'e2e',
  // Files run side by side, the tests of a file after each other: each file has people of its own.
  fullyParallel: false,
  workers: 2,
  retries: 0,
  reporter: [['list'], ['./e2e/times.ts']],
  projects: [
    { name: 'journeys', testIgnore: ['coverage.spec.ts', 'days.spec.ts', 'story.spec.ts'] },
    // When everybody has walked, it is asked whether a page was left out; and only then do days pass.
    { name: 'coverage', testMatch: 'coverage.spec.ts', dependencies: ['journeys'] },
    { name: 'days', testMatch: 'days.spec.ts', dependencies: ['journeys'] },
    // The last of all, for years pass.
    { name: 'story', testMatch: 'story.spec.ts', dependencies: ['coverage', 'days'] },
  ],
  timeout: 120_000 * patience,
  expect: { timeout: 20_000 * patience },
  use: {
    // What is not there is told soon, not when the test runs out of time.
    actionTimeout: 30_000 * patience,
    navigationTimeout: 30_000 * patience,
    baseURL: process.env.ANXU_E2E_URL ?? 'http://127.0.0.1:8080',
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    viewport: { width: 1440, height: 900 },
    contextOptions: { reducedMotion: 'reduce' },
    // A trace copies the page at every step, which takes longer than the step: for whoever looks for a fault.
    trace: process.env.ANXU_E2E_TRACE ? 'retain-on-failure' : 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    },
  },
})
