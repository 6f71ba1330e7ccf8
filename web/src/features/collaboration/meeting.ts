import type { FieldFault } from '@/api/problem'
import type { Schema } from '@/api/client'

/** What stands in the form of a meeting. */
export interface MeetingValues {
  title: string
  held_on: string
  place: string
  departments: string[]
  summary: string
  problems: { problem: string; requirement: string; department: string; due_on: string }[]
}

export const blankMeeting = (today: string): MeetingValues => ({ title: '', held_on: today, place: '', departments: [], summary: '', problems: [] })
export const blankProblem = (): MeetingValues['problems'][number] => ({ problem: '', requirement: '', department: '', due_on: '' })

/** Days that were left blank cannot be sent as days; everything else is judged by the server. */
export function blankDays({ held_on, problems }: MeetingValues, words: { held: string; due: (number: number) => string }): FieldFault[] {
  const dues = problems.flatMap((one, at) => (one.due_on === '' ? [{ field: `problems[${at}].due_on`, message: words.due(at + 1) }] : []))
  return held_on === '' ? [{ field: 'held_on', message: words.held }, ...dues] : dues
}

/** As the server takes it. */
export const meetingRequest = (values: MeetingValues): Schema<'NewJointMeeting'> => ({
  ...values,
  title: values.title.trim(),
  place: values.place.trim(),
  summary: values.summary.trim(),
  problems: values.problems.map((one) => ({ ...one, problem: one.problem.trim(), requirement: one.requirement.trim() })),
})

/** Whether anything stands in the form that would be lost. */
export const written = ({ title, place, departments, summary, problems }: MeetingValues): boolean =>
  [title, place, summary].some((one) => one.trim() !== '') || departments.length > 0 || problems.length > 0
