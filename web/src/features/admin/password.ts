/** Letters and figures that nobody mistakes for others when they are read out. */
const KINDS = ['ABCDEFGHJKLMNPQRSTUVWXYZ', 'abcdefghijkmnpqrstuvwxyz', '23456789', '-+=?#'] as const
const LENGTH = 14

/** A number below `end`, each as likely. */
function below(end: number): number {
  const limit = 256 - (256 % end)
  for (;;) {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1))
    if (byte < limit) return byte % end
  }
}
const pick = (letters: string): string => letters.charAt(below(letters.length))

/** A first password with every kind of sign in it, to be handed over once and changed at the first login. */
export function firstPassword(): string {
  const all = KINDS.join('')
  const signs = [...KINDS.map(pick), ...Array.from({ length: LENGTH - KINDS.length }, () => pick(all))]
  for (let at = signs.length - 1; at > 0; at -= 1) {
    const to = below(at + 1)
    ;[signs[at], signs[to]] = [signs[to] ?? '', signs[at] ?? '']
  }
  return signs.join('')
}
