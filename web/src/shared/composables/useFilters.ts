import { computed, reactive, watch, type ComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

export interface Filters<Name extends string> {
  /** Present values; empty where a filter is not set. Bind controls to them. */
  values: Record<Name, string>
  /** What is set, for the query of a request. */
  set: ComputedRef<Partial<Record<Name, string>>>
  /** How many are set. */
  count: ComputedRef<number>
  clear: () => void
}

/** Filters that live in the address, so that a list can be linked, kept and gone back to. */
export function useFilters<Name extends string>(names: readonly Name[]): Filters<Name> {
  const route = useRoute()
  const router = useRouter()
  const home = route.path
  const read = (): Record<Name, string> => {
    const values = {} as Record<Name, string>
    for (const name of names) {
      const found = route.query[name]
      values[name] = typeof found === 'string' ? found : ''
    }
    return values
  }
  const values = reactive(read()) as Record<Name, string>
  const set = computed(() => {
    const present = {} as Partial<Record<Name, string>>
    for (const name of names) if (values[name] !== '') present[name] = values[name]
    return present
  })

  watch(values, () => {
    const others = Object.fromEntries(Object.entries(route.query).filter(([name]) => !names.includes(name as Name)))
    void router.replace({ query: { ...others, ...set.value }, hash: route.hash })
  })
  watch(
    () => route.query,
    () => {
      if (route.path === home) Object.assign(values, read())
    },
  )
  return {
    values,
    set,
    count: computed(() => Object.keys(set.value).length),
    clear: () => {
      for (const name of names) values[name] = '' as (typeof values)[Name]
    },
  }
}
