import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { bare, call, type Schema } from '@/api/client'
import { asProblem, kinds, ProblemError } from '@/api/problem'
import { onSessionEnd } from '@/api/transport'
import { may as holds, type Me } from '@/shared/lib/feature'

/** Who is signed in, and what happens when the session ends under a page. */
export const useSession = defineStore('session', () => {
  const me = shallowRef<Me | null>(null)
  const asked = ref(false)
  /** The session has ended while a page was open: the dialog asks for a new login over it. */
  const ended = ref(false)
  let waiting: { promise: Promise<void>; resolve: () => void; reject: (reason: unknown) => void } | null = null

  async function load(): Promise<void> {
    try {
      me.value = await call(bare.GET('/api/v1/me'))
    } catch (error) {
      const problem = asProblem(error)
      if (problem.type !== kinds.unauthenticated) throw error
      me.value = null
    }
    asked.value = true
  }

  /** The session is in a cookie that scripts cannot read; the token of the answer is for other programs. */
  async function signIn(login: string, password: string, code: string | undefined): Promise<void> {
    const body: Schema<'SignInRequest'> = code === undefined ? { login, password } : { login, password, code }
    await call(bare.POST('/api/v1/sessions', { body }))
    await load()
    ended.value = false
    waiting?.resolve()
    waiting = null
  }

  async function signOut(): Promise<void> {
    try {
      await call(bare.DELETE('/api/v1/sessions/current'))
    } finally {
      me.value = null
    }
  }

  /** The person does not want to log in again; what waited for it fails. */
  function giveUp(reason: unknown): void {
    ended.value = false
    me.value = null
    waiting?.reject(reason)
    waiting = null
  }

  onSessionEnd(() => {
    if (!me.value) return Promise.reject(unauthenticated())
    ended.value = true
    if (!waiting) {
      let resolve: () => void = () => undefined
      let reject: (reason: unknown) => void = () => undefined
      const promise = new Promise<void>((yes, no) => {
        resolve = yes
        reject = no
      })
      waiting = { promise, resolve, reject }
    }
    return waiting.promise
  })

  return {
    me,
    asked,
    ended,
    /** Who is signed in, for pages that are only reached with a session. */
    own: computed(() => {
      if (!me.value) throw unauthenticated()
      return me.value
    }),
    may: (...permissions: string[]): boolean => me.value !== null && holds(me.value, ...permissions),
    load,
    signIn,
    signOut,
    giveUp: () => giveUp(unauthenticated()),
  }
})

function unauthenticated(): ProblemError {
  return new ProblemError({ type: kinds.unauthenticated, status: 401, title: '', detail: '', fields: [], more: {} })
}
