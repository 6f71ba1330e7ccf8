import type { Act, Answers } from '@/shared/lib/act'
import { cases as text } from '@/locales/zh-CN/cases'
import { acts, type Case, type Paper, previewUrl, type SuspensionCase } from './api'
import type { Action } from './cases'
import { measureOf, questionsOf } from './measures'

const words = text.acts
const say = (answers: Answers, name: string): string => answers[name] ?? ''

/** What each act on a case asks for. Evidence is handed in on the page itself. */
export function actOf(action: Exclude<Action, 'add_evidence'>, one: Case, about: { rows: readonly SuspensionCase[]; today: string; paper?: Paper }): Act<Case> {
  switch (action) {
    case 'find': {
      const { findings } = one
      const penal = one.measure.kind === 'suspension' || one.measure.kind === 'revocation'
      return {
        ...words.find,
        wide: true,
        questions: [
          { name: 'findings.facts', label: words.find.facts, kind: 'area', rows: 5, start: findings?.facts ?? '' },
          { name: 'findings.violated', label: words.find.violated, hint: words.find.violatedHint, optional: !penal, start: findings?.violated ?? '' },
          { name: 'findings.legal_basis', label: words.find.basis, hint: words.find.violatedHint, start: findings?.legal_basis ?? '' },
          { name: 'findings.public_reason', label: words.find.reason, hint: words.find.reasonHint, kind: 'area', rows: 2, start: findings?.public_reason ?? '' },
          ...questionsOf(one.measure.kind, about.rows, about.today, one.measure),
        ],
        send: (answers, key) =>
          acts.find(one, key, {
            findings: { facts: say(answers, 'findings.facts'), violated: say(answers, 'findings.violated'), legal_basis: say(answers, 'findings.legal_basis'), public_reason: say(answers, 'findings.public_reason') },
            measure: measureOf(one.measure.kind, answers),
          }),
      }
    }
    case 'give_notice':
      return { ...words.give_notice, questions: [], paper: () => ({ url: previewUrl(one, 'prior_notice'), body: {} }), send: (_, key) => acts.notice(one, key) }
    case 'record_statement': {
      const offered = one.notice?.statement_kinds ?? []
      return {
        ...words.record_statement,
        text: '',
        questions: [
          { name: 'kind', label: words.record_statement.kind, kind: 'radio', start: offered[0] ?? '', options: offered.map((value) => ({ value, text: text.voice.kinds[value], hint: words.record_statement.hints[value] })) },
          { name: 'text', label: words.record_statement.text, hint: words.record_statement.textHint, kind: 'area', rows: 5 },
        ],
        send: (answers, key) => acts.state(one, key, { kind: say(answers, 'kind') as 'plea', text: say(answers, 'text') }),
      }
    }
    case 'record_hearing':
      return {
        ...words.record_hearing,
        questions: [
          { name: 'presided', label: words.record_hearing.presided, hint: words.record_hearing.presidedHint },
          { name: 'report', label: words.record_hearing.report, kind: 'area', rows: 6 },
        ],
        send: (answers, key) => acts.hear(one, key, { presided: say(answers, 'presided'), report: say(answers, 'report') }),
      }
    case 'propose':
      return {
        ...words.propose,
        questions: [{ name: 'opinion', label: words.propose.opinion, hint: words.propose.opinionHint, kind: 'area', rows: 4 }],
        send: (answers, key) => acts.propose(one, key, { opinion: say(answers, 'opinion') }),
      }
    case 'decide':
      return {
        ...words.decide,
        wide: true,
        danger: true,
        questions: [
          {
            name: 'approve',
            label: words.decide.approve,
            kind: 'radio',
            options: [
              { value: 'yes', text: words.decide.yes, hint: words.decide.yesHint },
              { value: 'no', text: words.decide.no, hint: words.decide.noHint },
            ],
          },
          { name: 'opinion', label: words.decide.opinion, kind: 'area' },
        ],
        paper: (answers) => (say(answers, 'approve') === 'yes' ? { url: previewUrl(one, 'decision'), body: {} } : undefined),
        send: (answers, key) => acts.decide(one, key, { approve: say(answers, 'approve') === 'yes', opinion: say(answers, 'opinion') }),
      }
    case 'serve': {
      const { paper } = about
      return {
        ...words.serve,
        title: words.serve.title(paper?.title ?? ''),
        questions: [
          { name: 'method', label: words.serve.method, kind: 'select', start: words.serve.methods[0], options: words.serve.methods.map((name) => ({ value: name, text: name })) },
          { name: 'place', label: words.serve.place },
          { name: 'recipient', label: words.serve.recipient },
          { name: 'on', label: words.serve.on, kind: 'date', start: about.today },
          { name: 'remark', label: words.serve.remark, hint: words.serve.remarkHint, kind: 'area', rows: 2, optional: true },
        ],
        send: (answers, key) =>
          acts.serve(one, paper?.id ?? '', key, {
            method: say(answers, 'method'),
            place: say(answers, 'place'),
            recipient: say(answers, 'recipient'),
            remark: say(answers, 'remark'),
            on: say(answers, 'on'),
          }),
      }
    }
    case 'close':
      return { ...words.close, danger: true, questions: [{ name: 'reason', label: words.close.reason, kind: 'area' }], send: (answers, key) => acts.close(one, key, { reason: say(answers, 'reason') }) }
  }
}
