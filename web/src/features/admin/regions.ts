import { reactive } from 'vue'
import { type Entry, readRegions } from './api'

/** Levels of GB/T 2260 and of the statistical codes below it: province, city, county, town, village. */
const LENGTHS = [2, 4, 6, 9, 12] as const
const asked = new Map<string, Promise<Entry[]>>()
/** Full names by code, as far as they were asked for. */
const names = reactive(new Map<string, string>())

/** Entries below a code; asked for once. */
export function below(parent: string): Promise<Entry[]> {
  const found = asked.get(parent)
  if (found) return found
  const asking = readRegions(parent)
  asked.set(parent, asking)
  asking.catch(() => asked.delete(parent))
  return asking
}

/** The name of a region; its code until it is known. */
export function regionName(code: string): string {
  const known = names.get(code)
  if (known !== undefined) return known
  const at = LENGTHS.findIndex((length) => length === code.length)
  if (at < 0) return code
  const parent = at === 0 ? '' : code.slice(0, LENGTHS[at - 1])
  void below(parent)
    .then((entries) => {
      for (const one of entries) names.set(one.code, one.full_name)
    })
    .catch(() => undefined)
  return code
}
