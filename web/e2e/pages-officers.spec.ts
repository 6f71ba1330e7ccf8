import { walks } from './walk'

/**
 * Every page of everybody, as wide as a desk and as narrow as a phone, in the light and in the dark: nothing is said on the
 * console, axe finds nothing grave, nothing reaches over the edge, there is one heading, and every word is Chinese.
 * Where there is to go is not written here: people follow the navigation and the links that they find.
 */
walks(['clerk', 'reviewer', 'first', 'second', 'approver', 'inspector', 'regulator', 'clerk.housing', 'approver.housing'])
