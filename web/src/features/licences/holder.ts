import { api, call, type Schema } from '@/api/client'
import type { Tone } from '@/shared/components/StateBadge.vue'
import type { Duty } from '@/shared/lib/duties'
import { isOver } from '@/shared/lib/licence'
import { holder } from '@/locales/zh-CN/holder'

/** A licence as its holder reads it. What may be done, until when and why not, the server says. */
export type Licence = Schema<'LicenceView'>
export type Filing = Schema<'LicenceFilingView'>
export type Kind = Schema<'MatterKind'>

const at = (id: string): { path: { id: string } } => ({ path: { id } })
const DAY = 86_400_000
const away = (day: string, days: number): string => new Date(Date.parse(day) + days * DAY).toISOString().slice(0, 10)
/** Far enough back for what is late and can still be done, and ahead to the next turn of the year. */
const BACK = 366
const AHEAD = 400

export const readDuties = (id: string, today: string, signal: AbortSignal): Promise<Duty[]> =>
  call(api.GET('/api/v1/licences/{id}/duties', { params: { ...at(id), query: { from: away(today, -BACK), until: away(today, AHEAD) } }, signal }))
export const readFilings = (id: string, cursor: string | undefined, signal?: AbortSignal): Promise<Schema<'Page_LicenceFilingView'>> =>
  call(api.GET('/api/v1/licences/{id}/filings', { params: { ...at(id), query: { limit: 20, ...(cursor && { cursor }) } }, ...(signal && { signal }) }))

/** What can be applied for about a licence today. */
export const readMatters = (id: string, signal: AbortSignal): Promise<Schema<'LicenceMatterView'>[]> => call(api.GET('/api/v1/licences/{id}/matters', { params: at(id), signal }))

/** What is filed, in the order in which a holder looks for it; the names are those of `allowed_actions`. */
export const FILINGS = ['self_check', 'declare_loss', 'report_damage', 'file_work_elsewhere', 'file_emergency_use'] as const
export const filingsOf = ({ allowed_actions: allowed }: Pick<Licence, 'allowed_actions'>): (typeof FILINGS)[number][] => FILINGS.filter((act) => allowed.includes(act))

/** What can be asked for about a licence, in the order of its life. */
export const KINDS = ['renewal', 'change', 'replacement', 'deregistration'] as const

/** One thing that can be asked for, and how that stands today; without an address it cannot. */
export interface Way {
  kind: string
  name: string
  to?: string
  lines: { said: string; tone: '' | 'late' | 'active' }[]
}

/** What can be asked for about a licence today, as the server judges it: under way, open, late, or not, and why. */
export function waysOf(licence: string, matters: readonly Schema<'LicenceMatterView'>[]): Way[] {
  const text = holder.licence.apply
  const ways = KINDS.flatMap((kind) => matters.filter((one) => one.kind === kind)).map(({ key, kind, kind_name: name, allowed, reason, running, windows }): Way => {
    if (running) {
      const isDraft = running.state === 'draft'
      return { kind, name, to: `/applications/${running.id}${isDraft ? '/edit' : ''}`, lines: [{ said: isDraft ? text.draft : text.underWay(running.state_name), tone: 'active' }] }
    }
    if (!allowed) return { kind, name, lines: reason ? [{ said: reason, tone: '' }] : [] }
    const lawful = windows.find(({ until_words: until, internal }) => until && !internal)
    const day = lawful?.until_words
    const last = windows.filter(({ until_words: until, late }) => until && !late).at(-1)?.until_words
    return {
      kind,
      name,
      to: `/applications/new/${key}?licence=${licence}`,
      lines: [
        { said: text.details[kind as keyof typeof text.details], tone: '' },
        ...(lawful && day ? [{ said: lawful.late ? text.late(day, last) : text.until(day), tone: lawful.late ? ('late' as const) : ('' as const) }] : []),
      ],
    }
  })
  // What is refused for the same reason stands in one line.
  return ways.flatMap((way, at) => {
    const same = (one: Way): boolean => !one.to && !way.to && one.lines[0]?.said === way.lines[0]?.said
    const first = ways.findIndex(same)
    if (way.to || first < 0) return [way]
    return first === at ? [{ ...way, name: ways.filter(same).map(({ name }) => name).join(text.listed) }] : []
  })
}

/** How a filing stands, in a word; `owed` is the server's last day of what is still to be done. */
export function standingOf({ due_on: due, matter }: Filing, today: string): { tone: Tone; said: string } {
  const text = holder.licence.filings
  if (due) return due < today ? { tone: 'late', said: text.late } : { tone: 'soon', said: text.open }
  if (matter.kind === 'loss') return matter.found_on ? { tone: 'held', said: text.found } : matter.notice_until >= today ? { tone: 'active', said: text.noticed } : { tone: 'held', said: text.over }
  return { tone: 'fine', said: text.done }
}

/** What there is to say of all licences together: first what must not be used, then what ends soon. Those that are over do not count. */
export function headingOf(licences: readonly Pick<Licence, 'status'>[]): string {
  const text = holder.list.heading
  if (licences.length === 0) return text.none
  const held = licences.filter((one) => !isOver(one))
  if (held.length === 0) return text.over
  for (const status of ['expired', 'suspended', 'expiring'] as const) {
    const count = held.filter((one) => one.status === status).length
    if (count > 0) return text[status](count)
  }
  return text.good(held.length)
}
