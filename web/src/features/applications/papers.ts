import type { Schema } from '@/api/client'
import type { Matter, Occasion } from './officer'

/** A document before it goes out: where it is made, and the body of the act that would write it. */
export interface Paper {
  url: string
  body?: object
}

/** The document that the matter makes on an occasion, if it makes one. */
export const paperOf = (matter: Matter, occasion: Occasion): string | undefined =>
  matter.definition.documents.find((one) => one.on === occasion)?.document

/** A document as the act would write it. The server refuses what a preview does not know, so that each act says what it is. */
export function preview(id: string, kind: string | undefined, body?: Schema<'PreviewRequest'>): Paper | undefined {
  return kind ? { url: `/api/v1/applications/${id}/previews/${kind}`, ...(body ? { body } : {}) } : undefined
}

/** The certificate as a grant today would make it, with the scope as it is written. */
export function specimen(id: string, scope?: string): Paper {
  const query = scope ? `?${new URLSearchParams({ scope }).toString()}` : ''
  return { url: `/api/v1/applications/${id}/previews/certificate${query}` }
}
