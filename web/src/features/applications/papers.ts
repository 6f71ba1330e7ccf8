import type { Matter, Occasion } from './officer'

/** The document that the matter makes on an occasion, if it makes one. */
export const paperOf = (matter: Matter, occasion: Occasion): string | undefined =>
  matter.definition.documents.find((one) => one.on === occasion)?.document

/** Address of a document before it goes out, with what is written so far. */
export function previewUrl(id: string, kind: string | undefined, reason = ''): string | undefined {
  if (!kind) return undefined
  const query = reason.trim() === '' ? '' : `?${new URLSearchParams({ reason: reason.trim() }).toString()}`
  return `/api/v1/applications/${id}/previews/${kind}${query}`
}
