// Packs every text file beside itself, once and as small as possible; the server sends what the browser understands.
import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants } from 'node:zlib'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))
// The manifest has been weighed and is not for browsers.
rmSync(`${dist}.vite`, { recursive: true, force: true })
for (const name of readdirSync(dist, { recursive: true })) {
  const path = dist + name
  if (!/\.(js|mjs|css|html|svg|json)$/.test(name) || statSync(path).size < 1024) continue
  const packed = brotliCompressSync(readFileSync(path), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })
  writeFileSync(`${path}.br`, packed)
}
