import { copyFileSync, mkdirSync, readdirSync, readFile, writeFileSync } from 'node:fs'
import { fileURLToPath, URL } from 'node:url'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** A server to work against: `npm run dev` serves the pages and hands everything else on to it. */
const server = process.env.ANXU_DEV_SERVER ?? 'http://127.0.0.1:8080'
/** What the server answers itself: the interface, the public pages with what they load, and its state. */
const OF_THE_SERVER = [
  '/api', '/v/', '/V/', '/verify', '/search', '/matters', '/log', '/pki', '/proofs', '/open-data', '/about', '/scan.js', '/readyz', '/healthz',
]

/** Scans and PDF files made in China often name fonts without carrying them; pdf.js needs these tables then. */
const tablesOfPdf: Plugin = {
  name: 'tables-of-pdf',
  configureServer({ middlewares }) {
    middlewares.use('/app/pdf', (request, response, next) => {
      const path = here(`./node_modules/pdfjs-dist${new URL(request.url ?? '/', 'http://localhost').pathname}`)
      readFile(path, (fault, data) => (fault ? next() : response.end(data)))
    })
  },
  closeBundle() {
    if (this.environment.config.command !== 'build') return
    for (const folder of ['cmaps', 'standard_fonts', 'wasm']) {
      const from = here(`./node_modules/pdfjs-dist/${folder}/`)
      const to = here(`./dist/pdf/${folder}/`)
      mkdirSync(to, { recursive: true })
      for (const name of readdirSync(from)) copyFileSync(from + name, to + name)
    }
  },
}

/** The program embeds the folder, so it has to exist in a fresh clone: a file in it is committed. */
const keepFolder: Plugin = {
  name: 'keep-folder',
  apply: 'build',
  closeBundle: () => writeFileSync(here('./dist/.gitkeep'), ''),
}

export default defineConfig({
  base: '/app/',
  plugins: [
    vue(),
    Components({
      dirs: [],
      dts: 'src/components.d.ts',
      resolvers: [ElementPlusResolver({ importStyle: 'css' })],
    }),
    tablesOfPdf,
    keepFolder,
  ],
  resolve: { alias: { '@': here('./src') } },
  server: {
    // The server compares the origin of an act with the host it was sent to: the host has to stay the browser's.
    proxy: Object.fromEntries(OF_THE_SERVER.map((path) => [path, { target: server, changeOrigin: false }])),
  },
  build: {
    target: ['chrome92', 'safari15', 'firefox100'],
    cssTarget: ['chrome92', 'safari15'],
    manifest: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1200,
    // Data addresses would need a wider content security policy.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // Helpers for older browsers belong to everybody; left alone they land in the chunk of charts, which nobody needs first.
            { name: 'helpers', test: /@oxc-project.runtime/, priority: 30 },
            { name: 'vue', test: /node_modules[\\/](@vue|vue|vue-router|pinia)[\\/]/, priority: 20 },
            { name: 'echarts', test: /node_modules[\\/](echarts|zrender|vue-echarts)[\\/]/, priority: 20 },
          ],
        },
      },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
    server: { deps: { inline: ['element-plus'] } },
  },
})
