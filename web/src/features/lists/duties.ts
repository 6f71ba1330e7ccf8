import type { Duty } from './api'

/** What the definition of a matter says of answering for something is the same twice: what has to be done is not. */
export const isLiability = ({ text, liability }: Duty): boolean => (liability ?? '') !== '' && liability === text

/** A name that is only a number says less than the place in the list. */
export const numbered = (duty: Duty): boolean => isLiability(duty) && /\d$/.test(duty.name)

/** Clauses in words, with the title of a law that several of them are of only once. */
export function basisText(basis: string): string {
  let last = ''
  return basis.replace(/(\u3001?)(\u300a[^\u300b]+\u300b)/g, (_, comma: string, title: string) => {
    const again = comma !== '' && title === last
    last = title
    return again ? comma : comma + title
  })
}
