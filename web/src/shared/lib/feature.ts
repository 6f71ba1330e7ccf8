import type { Component } from 'vue'
import type { RouteLocationRaw, RouteRecordRaw } from 'vue-router'
import type { Schema } from '@/api/client'

/** Who is signed in. */
export type Me = Schema<'Me'>

/** Headings of a navigation that has become long, in their order. */
export const placeGroups = ['work', 'oversight', 'system'] as const
export type PlaceGroup = (typeof placeGroups)[number]

/** An entry of the navigation. */
export interface Place {
  to: RouteLocationRaw
  text: string
  icon: Component
  /** Lower stands first. Tens: 10 work, 20 applications, 30 licences, 40 enterprises, 50 figures, 60 administration. */
  order: number
  /** Under which heading it stands for whoever has many places; the daily work unless given. */
  group?: PlaceGroup
  /** Whether this person sees it; by permission and end, never by the name of a role. */
  shows: (me: Me) => boolean
  /** A number beside it, such as work that is due. */
  count?: () => number
  /** Reads the number anew; asked now and then while somebody looks. */
  refresh?: (me: Me) => Promise<void> | undefined
}

/** What a person sees first. The first home that `shows` is taken. */
export interface Home {
  order: number
  shows: (me: Me) => boolean
  /** The place that is marked while it is shown; the first one unless given. */
  place?: string
  page: () => Promise<{ default: Component }>
}

/** What a feature brings along: the default export of its `routes.ts`, which is found by its place. */
export interface Feature {
  /** Below `/app`; pages are loaded when they are visited. */
  routes: RouteRecordRaw[]
  places?: Place[]
  homes?: Home[]
}

declare module 'vue-router' {
  interface RouteMeta {
    /** In the title of the window. */
    title?: string
    /** Seen without a session. */
    open?: boolean
    /** One of these permissions is needed; the server asks again at every request. */
    needs?: string[]
  }
}

/** Whether an account holds one of the permissions. */
export const may = (me: Me, ...permissions: string[]): boolean => permissions.some((one) => me.permissions.includes(one))
