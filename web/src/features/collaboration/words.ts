import { count } from '@/shared/lib/format'
import { collaboration } from '@/locales/zh-CN/collaboration'

/** A number of rows of the first page; there are at least so many when another page follows. */
export const countWords = (rows: number, more: boolean): string => (more ? collaboration.atLeast(count(rows)) : count(rows))
