import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, nextTick, reactive, ref } from 'vue'
import { kinds, offline, ProblemError, readProblem } from '@/api/problem'
import { type Autosave, useAutosave } from '@/shared/composables/useAutosave'
import { kept } from '@/shared/lib/store'

interface Values {
  scope: string
}
function page(save: (values: Values) => Promise<void>) {
  const values = reactive<Values>({ scope: '' })
  let autosave!: Autosave<Values>
  const wrapper = mount(
    defineComponent(() => {
      autosave = useAutosave({ key: 'me.one', values, version: ref(3), save, delay: 100 })
      return () => null
    }),
  )
  return { values, autosave, wrapper }
}
const rest = (): Promise<unknown> => vi.advanceTimersByTimeAsync(150)

beforeEach(() => {
  vi.useFakeTimers()
})

describe('what is typed', () => {
  it('is kept on this machine at once and on the server a moment later', async () => {
    const save = vi.fn(() => Promise.resolve())
    const { values, autosave } = page(save)
    values.scope = '甲醇'
    await nextTick()
    expect(kept.read<{ values: Values }>('draft.me.one')?.values).toEqual({ scope: '甲醇' })
    expect(autosave.state.value).toBe('dirty')
    await rest()
    expect(save).toHaveBeenCalledWith({ scope: '甲醇' })
    expect(autosave.state.value).toBe('saved')
    expect(kept.read('draft.me.one')).toBeNull()
  })

  it('stays on this machine while the network is away, and goes on when it is back', async () => {
    const save = vi.fn<(values: Values) => Promise<void>>().mockRejectedValueOnce(new ProblemError(offline())).mockResolvedValue()
    const { values, autosave } = page(save)
    values.scope = '甲醇'
    await nextTick()
    await rest()
    expect(autosave.state.value).toBe('local')
    expect(kept.read('draft.me.one')).not.toBeNull()
    window.dispatchEvent(new Event('online'))
    await rest()
    expect(autosave.state.value).toBe('saved')
  })

  it('does not overwrite what somebody else has changed', async () => {
    const save = vi.fn<(values: Values) => Promise<void>>().mockRejectedValue(new ProblemError(readProblem(409, { type: kinds.stale, title: '内容已被他人修改' })))
    const { values, autosave } = page(save)
    values.scope = '甲'
    await nextTick()
    await rest()
    values.scope = '乙'
    await nextTick()
    await rest()
    expect(autosave.state.value).toBe('stale')
    expect(save).toHaveBeenCalledOnce()
    expect(kept.read<{ values: Values }>('draft.me.one')?.values.scope).toBe('乙')
  })

  it('is kept here when the server refuses it, and sent again once it is mended', async () => {
    const save = vi.fn<(values: Values) => Promise<void>>().mockRejectedValueOnce(new ProblemError(readProblem(422, { title: '有一处不对' }))).mockResolvedValue()
    const { values, autosave } = page(save)
    values.scope = '甲'
    await nextTick()
    await rest()
    expect(autosave.state.value).toBe('refused')
    expect(kept.read('draft.me.one')).not.toBeNull()
    values.scope = '乙'
    await nextTick()
    await rest()
    expect(autosave.state.value).toBe('saved')
  })

  it('is offered again after the page was lost', async () => {
    kept.write('draft.me.one', { at: '2026-03-02T04:00:00Z', version: 3, values: { scope: '甲醇' } })
    const { values, autosave } = page(() => Promise.resolve())
    expect(autosave.found.value?.values.scope).toBe('甲醇')
    autosave.take()
    expect(values.scope).toBe('甲醇')
    expect(autosave.found.value).toBeNull()
  })

  it('that was typed while saving is saved next', async () => {
    const seen: string[] = []
    const { values } = page(async ({ scope }) => {
      seen.push(scope)
      await new Promise((done) => setTimeout(done, 50))
    })
    values.scope = '甲'
    await nextTick()
    await vi.advanceTimersByTimeAsync(120)
    values.scope = '乙'
    await nextTick()
    await vi.advanceTimersByTimeAsync(400)
    expect(seen).toEqual(['甲', '乙'])
  })
})
