import { afterEach, beforeEach, vi } from 'vitest'

/** What the browser has and the test's does not. */
class Nothing {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
vi.stubGlobal('IntersectionObserver', Nothing)
vi.stubGlobal('ResizeObserver', Nothing)

beforeEach(() => localStorage.clear())
afterEach(() => vi.restoreAllMocks())
