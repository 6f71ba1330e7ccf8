import type { Feature, Home, Me, Place } from '@/shared/lib/feature'

/** Every feature is found by the place of its `routes.ts`; nobody has to be told of a new one. */
const found = import.meta.glob<{ default: Feature }>('../features/*/routes.ts', { eager: true })
const features: Feature[] = Object.values(found).map((module) => module.default)

export const routes = features.flatMap((feature) => feature.routes)

const inOrder = <Entry extends { order: number }>(entries: Entry[]): Entry[] => entries.sort((a, b) => a.order - b.order)
const places = inOrder(features.flatMap((feature) => feature.places ?? []))
const homes = inOrder(features.flatMap((feature) => feature.homes ?? []))

/** Where this person may go. */
export const placesOf = (me: Me): Place[] => places.filter((place) => place.shows(me))
/** What this person sees first. */
export const homeOf = (me: Me): Home | undefined => homes.find((home) => home.shows(me))
