// What a browser has to fetch before the first screens work, from Vite's manifest. Fails the build when it is too much.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const LIMIT = 300 * 1024
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

/** The files of these chunks and of all that they import. */
function closure(keys) {
  const seen = new Set()
  const files = new Set()
  const walk = (key) => {
    if (seen.has(key)) return
    seen.add(key)
    const chunk = manifest[key]
    if (!chunk) throw new Error(`${key} is not in the manifest`)
    files.add(chunk.file)
    for (const sheet of chunk.css ?? []) files.add(sheet)
    for (const next of chunk.imports ?? []) walk(next)
  }
  keys.forEach(walk)
  return files
}

const weigh = (files) => [...files].reduce((sum, file) => sum + gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length, 0)
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`.padStart(11)

const entry = 'index.html'
const shell = 'src/shell/ShellLayout.vue'
const pages = Object.keys(manifest).filter((key) => /^src\/features\/.*\/pages\/.*\.vue$/.test(key) && manifest[key].isDynamicEntry)
for (const page of pages) console.log(kib(weigh(closure([entry, shell, page]))), page)

const first = closure([
  entry,
  shell,
  'src/features/identity/pages/LoginPage.vue',
  'src/shell/HomePage.vue',
  'src/features/applications/pages/TasksPage.vue',
])
const bytes = weigh(first)
console.log(kib(bytes), `login and first screen (${first.size} files), limit ${kib(LIMIT).trim()}, gzip`)
if (bytes > LIMIT) {
  console.error('The first screen is too heavy. Load what it does not need later.')
  process.exit(1)
}
