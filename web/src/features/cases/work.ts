import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { type Case, readCases } from './api'
import { waits } from './cases'

const PAGE = 200

/** Case files that wait for the person who is signed in: for the navigation and the home page. */
export const useCaseWork = defineStore('case-work', () => {
  const rows = shallowRef<Case[]>([])
  async function load(): Promise<void> {
    const page = await readCases({ limit: PAGE })
    rows.value = page.items.filter(waits)
  }
  return { rows, count: computed(() => rows.value.length), load }
})
