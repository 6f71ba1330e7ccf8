/** What a browser keeps for a person. It may be forbidden or full; then nothing is kept, and nothing breaks. */
export const kept = {
  read<Value>(key: string): Value | null {
    try {
      const found = localStorage.getItem(`anxu.${key}`)
      return found === null ? null : (JSON.parse(found) as Value)
    } catch {
      return null
    }
  },
  write(key: string, value: unknown): boolean {
    try {
      localStorage.setItem(`anxu.${key}`, JSON.stringify(value))
      return true
    } catch {
      return false
    }
  },
  remove(key: string): void {
    try {
      localStorage.removeItem(`anxu.${key}`)
    } catch {
      // Nothing was kept then.
    }
  },
}
