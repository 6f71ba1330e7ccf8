import { api, call, once, type Schema } from '@/api/client'
import type { Answers, Question } from '@/shared/lib/act'
import { holding } from '@/locales/zh-CN/holding'

/** What a holder files about a licence of its own: what is asked, and how it is sent. The names are those of `allowed_actions`. */
export const ACTS = ['self_check', 'declare_loss', 'report_damage', 'file_work_elsewhere', 'file_emergency_use'] as const
export type FilingAct = (typeof ACTS)[number]
export type Filing = Schema<'LicenceFilingView'>

export const isAct = (name: string): name is FilingAct => (ACTS as readonly string[]).includes(name)
const words = holding.filing

/** The questions in the order of the paper. `today` is the legal day; most of what is filed happened on it. */
export function questionsOf(act: FilingAct, today: string): Question[] {
  switch (act) {
    case 'self_check':
      return [
        { name: 'intact', label: words.self_check.intact, kind: 'radio', options: [{ value: 'yes', text: words.self_check.yes }, { value: 'no', text: words.self_check.no }] },
        { name: 'findings', label: words.self_check.findings, hint: words.self_check.findingsHint, kind: 'area', when: ({ intact }) => intact === 'no' },
      ]
    case 'declare_loss':
      return [
        { name: 'on', label: words.declare_loss.on, kind: 'date' },
        { name: 'circumstances', label: words.declare_loss.circumstances, hint: words.declare_loss.circumstancesHint, kind: 'area', rows: 4 },
      ]
    case 'report_damage':
      return [
        { name: 'happened_at', label: words.report_damage.date, kind: 'date', start: today },
        { name: 'time', label: words.report_damage.time, kind: 'time' },
        { name: 'cause', label: words.report_damage.cause, hint: words.report_damage.causeHint, kind: 'area', rows: 4 },
        { name: 'disaster', label: words.report_damage.disaster, kind: 'radio', options: [{ value: 'yes', text: words.report_damage.disasterYes }, { value: 'no', text: words.report_damage.disasterNo }] },
      ]
    case 'file_work_elsewhere':
      return [
        { name: 'place', label: words.file_work_elsewhere.place },
        { name: 'project', label: words.file_work_elsewhere.project, kind: 'area' },
        { name: 'responsible', label: words.file_work_elsewhere.responsible, hint: words.file_work_elsewhere.responsibleHint },
        { name: 'from', label: words.file_work_elsewhere.from, kind: 'date', start: today },
        { name: 'until', label: words.file_work_elsewhere.until, hint: words.file_work_elsewhere.untilHint, kind: 'date' },
      ]
    case 'file_emergency_use':
      return [
        { name: 'on', label: words.file_emergency_use.on, kind: 'date', start: today },
        { name: 'purpose', label: words.file_emergency_use.purpose, hint: words.file_emergency_use.purposeHint, kind: 'area', rows: 4 },
      ]
  }
}

/** A legal day and an hour as an instant; the legal calendar is that of Beijing, which knows no summer time. */
export const instant = (day: string, time: string): string => `${day}T${time}:00+08:00`

/** Files it. Without a key of its own the same filing would be made twice by a retry. */
export function file(act: FilingAct, id: string, answers: Answers, key: string): Promise<Filing> {
  const to = { params: { path: { id } }, headers: once(key) }
  const said = (name: string): string => (answers[name] ?? '').trim()
  switch (act) {
    case 'self_check':
      return call(api.POST('/api/v1/licences/{id}/self-checks', { ...to, body: { intact: answers.intact === 'yes', findings: answers.intact === 'yes' ? '' : said('findings') } }))
    case 'declare_loss':
      return call(api.POST('/api/v1/licences/{id}/losses', { ...to, body: { on: said('on'), circumstances: said('circumstances') } }))
    case 'report_damage':
      return call(api.POST('/api/v1/licences/{id}/damages', { ...to, body: { happened_at: instant(said('happened_at'), said('time')), cause: said('cause'), disaster: answers.disaster === 'yes' } }))
    case 'file_work_elsewhere':
      return call(
        api.POST('/api/v1/licences/{id}/works-elsewhere', {
          ...to,
          body: { region: said('region'), place: said('place'), project: said('project'), responsible: said('responsible'), from: said('from'), until: said('until') },
        }),
      )
    case 'file_emergency_use':
      return call(api.POST('/api/v1/licences/{id}/emergency-uses', { ...to, body: { on: said('on'), purpose: said('purpose') } }))
  }
}
