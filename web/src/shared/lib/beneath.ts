import type { Component, InjectionKey } from 'vue'

/** What the frame puts under the heading of a page, whichever page that is. `PageHeader` shows it. */
export const beneath: InjectionKey<Component> = Symbol('beneath the heading')
