import { computed, type ComputedRef, shallowRef } from 'vue'
import { type DepartmentName, readSummary } from './api'

const known = shallowRef<DepartmentName[]>([])
let asked: Promise<void> | undefined

/** The city's departments, read once: by which one filters, and to which one refers. */
export function useDepartments(): ComputedRef<DepartmentName[]> {
  asked ??= readSummary({ limit: 1 })
    .then(({ departments }) => void (known.value = departments))
    .catch(() => void (asked = undefined))
  return computed(() => known.value)
}
