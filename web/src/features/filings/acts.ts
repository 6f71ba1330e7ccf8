import type { Act } from '@/shared/lib/act'
import { filings } from '@/locales/zh-CN/filings'
import { acts, type Filing } from './api'
import type { Action } from './filings'

const words = filings.acts

/** What each act on a filing asks for. */
export function actOf(action: Action, one: Filing): Act<Filing> {
  switch (action) {
    case 'confirm_posting':
      return { ...words.confirm_posting, questions: [{ name: 'place', label: words.confirm_posting.place }], send: ({ place = '' }, key) => acts.post(one, key, place) }
    case 'begin_exchange':
      return { ...words.begin_exchange, questions: [], send: (_, key) => acts.exchange(one, key) }
    case 'recover':
      return { ...words.recover, questions: [], send: (_, key) => acts.recover(one, key) }
    case 'report':
      return { ...words.report, questions: [{ name: 'text', label: words.report.report, kind: 'area', rows: 5 }], send: ({ text = '' }, key) => acts.report(one, key, text) }
    case 'issue_stand_in':
      return { ...words.issue_stand_in, questions: [], send: (_, key) => acts.standIn(one, key) }
    case 'take_back':
      return { ...words.take_back, questions: [{ name: 'papers', label: words.take_back.papers, start: words.take_back.papersStart }], send: ({ papers = '' }, key) => acts.takeBack(one, key, papers) }
    case 'destroy':
      return {
        ...words.destroy,
        danger: true,
        questions: [{ name: 'method', label: words.destroy.method, offers: words.destroy.methods, start: words.destroy.methods[0] }],
        send: ({ method = '' }, key) => acts.destroy(one, key, method),
      }
    case 'witness': {
      const destruction = one.matter.kind === 'recall' ? one.matter.destruction : null
      return { ...words.witness, text: words.witness.text(destruction?.by.name ?? '', destruction?.method ?? ''), danger: true, questions: [], send: (_, key) => acts.witness(one, key) }
    }
  }
}
