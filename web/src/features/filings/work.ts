import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { type Filing, readFilings } from './api'

const PAGE = 200

/** Filings that wait for the person who is signed in: for the navigation and the home page. */
export const useFilingWork = defineStore('filing-work', () => {
  const rows = shallowRef<Filing[]>([])
  async function load(): Promise<void> {
    rows.value = (await readFilings({ waits: true, limit: PAGE })).items
  }
  return { rows, count: computed(() => rows.value.length), load }
})
