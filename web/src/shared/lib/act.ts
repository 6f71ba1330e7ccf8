import type { FieldFault } from '@/api/problem'
import { shared as text } from '@/locales/zh-CN/shared'

/** A question of a form. Its name is that of the server's field, so that faults find their way back (`measure.from`). */
export interface Question {
  name: string
  label: string
  hint?: string
  /** One line of text unless given. */
  kind?: 'area' | 'date' | 'time' | 'number' | 'select' | 'radio'
  options?: readonly { value: string; text: string; hint?: string }[]
  /** Offered while typing; anything else may be typed. */
  offers?: readonly string[]
  optional?: boolean
  /** What stands there at first. */
  start?: string
  rows?: number
  /** Asked only while this holds. */
  when?: (values: Answers) => boolean
}
export type Answers = Record<string, string>

/** An act that is a few questions and nothing more: what is asked, what it is called, and how it is sent. */
export interface Act<Result> {
  title: string
  /** The act in words, on the button. */
  action: string
  /** What it does, above the questions. */
  text?: string
  danger?: boolean
  wide?: boolean
  questions: readonly Question[]
  /** The paper as it would go out with these answers, looked at before the act. */
  paper?: (answers: Answers) => { url: string; body?: object } | undefined
  send: (answers: Answers, key: string) => Promise<Result>
}

export const starts = (questions: readonly Question[]): Answers => Object.fromEntries(questions.map(({ name, start = '' }) => [name, start]))

/** Questions that are asked with these answers. */
export const asked = (questions: readonly Question[], answers: Answers): Question[] => questions.filter((one) => one.when?.(answers) ?? true)

/** What was left blank; everything else is judged by the server. */
export const blanks = (questions: readonly Question[], answers: Answers): FieldFault[] =>
  asked(questions, answers).flatMap(({ name, label, optional, kind }) =>
    optional || (answers[name] ?? '').trim() !== '' ? [] : [{ field: name, message: kind === 'select' || kind === 'radio' ? text.dialog.choose(label) : text.dialog.blank(label) }],
  )
