import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { type Case, readCases } from './api'

const PAGE = 200

/** Case files that wait for the person who is signed in: for the navigation and the home page. */
export const useCaseWork = defineStore('case-work', () => {
  const rows = shallowRef<Case[]>([])
  async function load(): Promise<void> {
    rows.value = (await readCases({ waits: true, limit: PAGE })).items
  }
  return { rows, count: computed(() => rows.value.length), load }
})
