import type { ImportOptions } from './useImport'

/**
 * Files that were sent for a check, so that the same file can be imported without choosing it again. Only as long as the
 * page is open: a browser does not let a page keep a person's file.
 */
const sent = new Map<string, { file: File; options: ImportOptions }>()

export const handed = {
  keep: (id: string, file: File, options: ImportOptions): void => void sent.set(id, { file, options }),
  of: (id: string): File | undefined => sent.get(id)?.file,
  /** The choices that were made with it. */
  options: (id: string): Omit<ImportOptions, 'dry_run'> => {
    const { update = false, default_region = '' } = sent.get(id)?.options ?? {}
    return { update, default_region }
  },
}
