import * as pdfjs from 'pdfjs-dist/legacy/build/pdf.mjs'
import worker from 'pdfjs-dist/legacy/build/pdf.worker.min.mjs?url'

export type { PDFDocumentProxy, PDFPageProxy, RenderTask } from 'pdfjs-dist'

pdfjs.GlobalWorkerOptions.workerSrc = worker
const tables = `${import.meta.env.BASE_URL}pdf/`

/** Opens a PDF. Scans are decoded by WebAssembly in the worker, which alone is allowed it; code is generated nowhere. */
export const openPdf = (data: ArrayBuffer): Promise<pdfjs.PDFDocumentProxy> =>
  pdfjs.getDocument({
    data,
    cMapUrl: `${tables}cmaps/`,
    cMapPacked: true,
    standardFontDataUrl: `${tables}standard_fonts/`,
    wasmUrl: `${tables}wasm/`,
    isEvalSupported: false,
  }).promise

/** Lays the page's text over its picture, so that it can be selected, found and read out. */
export async function layText(page: pdfjs.PDFPageProxy, viewport: pdfjs.PageViewport, container: HTMLElement): Promise<void> {
  container.replaceChildren()
  container.style.setProperty('--total-scale-factor', String(viewport.scale))
  await new pdfjs.TextLayer({ textContentSource: page.streamTextContent(), container, viewport }).render()
}
