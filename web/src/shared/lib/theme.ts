import { ref, watch } from 'vue'

/** Set before the first paint by `theme-init.js`. */
export const dark = ref(document.documentElement.classList.contains('dark'))

watch(dark, (on) => document.documentElement.classList.toggle('dark', on), { flush: 'sync' })

export function toggleTheme(): void {
  dark.value = !dark.value
  try {
    localStorage.setItem('anxu.theme', dark.value ? 'dark' : 'light')
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

/** The present value of a token, for what cannot read CSS variables (charts). Recompute it when {@link dark} changes. */
export const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--ax-${name}`).trim()
