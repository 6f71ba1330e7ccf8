import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { api, call, type Schema } from '@/api/client'
import { legalDay } from '@/shared/lib/format'

/** Whose installation this is, and the legal day. */
export const useSite = defineStore('site', () => {
  const site = shallowRef<Schema<'Installation'> | null>(null)

  async function load(): Promise<void> {
    site.value = await call(api.GET('/api/v1/site'))
    document.documentElement.classList.toggle('demo', site.value.demo)
  }

  return {
    site,
    load,
    demo: computed(() => site.value?.demo ?? false),
    /** The server's legal day; the browser's clock only stands in for it. */
    today: computed(() => site.value?.today ?? legalDay(new Date())),
  }
})
