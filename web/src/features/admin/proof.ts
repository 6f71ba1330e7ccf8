/**
 * Proofs of inclusion, checked in the browser (C2SP tlog-proof, RFC 6962 trees): whoever audits need not believe the
 * server that an event is in the log, only that the checkpoint is the one that everybody sees.
 */
export interface ParsedProof {
  index: number
  path: Uint8Array[]
  origin: string
  size: number
  root: Uint8Array
  checkpoint: string
}

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
const ofHex = (hex: string): Uint8Array => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16))
const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at])

/** Reads a bundle; `null` where it is none. */
export function parse(bundle: string): ParsedProof | null {
  const cut = bundle.indexOf('\n\n')
  const [head, ...lines] = bundle.slice(0, cut).split('\n')
  const checkpoint = bundle.slice(cut + 2)
  const [origin, size, root] = checkpoint.split('\n')
  const index = lines.find((line) => line.startsWith('index '))?.slice(6)
  if (cut < 0 || !head?.startsWith('c2sp.org/tlog-proof@') || index === undefined || !origin || !/^\d+$/.test(size ?? '') || !root) return null
  try {
    const path = lines.filter((line) => !/^(index|extra) /.test(line)).map(bytesOf)
    return { index: Number(index), path, origin, size: Number(size), root: bytesOf(root), checkpoint }
  } catch {
    return null
  }
}

async function sha256(...parts: Uint8Array[]): Promise<Uint8Array> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return new Uint8Array(await crypto.subtle.digest('SHA-256', whole))
}
const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

/** The root to which an entry and its path lead (RFC 9162, 2.1.3.2); `null` for a path of the wrong length. */
async function rootOf(entry: Uint8Array, { index, size, path }: ParsedProof): Promise<Uint8Array | null> {
  if (index >= size) return null
  let [node, last] = [index, size - 1]
  let hash = await sha256(LEAF, entry)
  for (const sibling of path) {
    if (last === 0) return null
    if (node % 2 === 1 || node === last) {
      hash = await sha256(NODE, sibling, hash)
      while (node % 2 === 0 && node !== 0) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
    } else {
      hash = await sha256(NODE, hash, sibling)
    }
    ;[node, last] = [Math.floor(node / 2), Math.floor(last / 2)]
  }
  return last === 0 ? hash : null
}

/** Whether the browser can compute at all: only over HTTPS, or on the machine itself. */
export const canCheck = (): boolean => globalThis.crypto?.subtle !== undefined

/** Whether the entry is in the tree that the bundle's checkpoint signs. */
export async function included(entryHex: string, bundle: string): Promise<boolean> {
  const proof = parse(bundle)
  if (!proof) return false
  const root = await rootOf(ofHex(entryHex), proof)
  return root !== null && same(root, proof.root)
}
