import { flushPromises, mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { defineComponent } from 'vue'
import { offline, ProblemError } from '@/api/problem'
import AppTimeline from '@/shared/components/AppTimeline.vue'
import { type Older, useOlder } from '@/shared/composables/useOlder'
import type { Slice } from '@/shared/composables/usePaged'
import { shared } from '@/locales/zh-CN/shared'

function shown(read: (cursor: string | undefined) => Promise<Slice<number>>): Older<number> {
  let older: Older<number> | undefined
  mount(defineComponent({ setup: () => ((older = useOlder(read)), () => null) }))
  if (!older) throw new Error('not made')
  return older
}
const pages: Record<string, Slice<number>> = { '': { items: [5, 4], next: 'a' }, a: { items: [3, 2], next: 'b' }, b: { items: [1], next: null } }
const rows = ({ load }: Older<number>): unknown => (load.value.state === 'ready' ? load.value.value : load.value.state)

it('adds older rows until there are none, and begins anew when it is read again', async () => {
  const list = shown((cursor = '') => Promise.resolve(pages[cursor] ?? { items: [] }))
  await flushPromises()
  expect([rows(list), list.more.value]).toEqual([[5, 4], true])
  await list.older()
  await list.older()
  expect([rows(list), list.more.value]).toEqual([[5, 4, 3, 2, 1], false])
  await list.older()
  expect(rows(list)).toEqual([5, 4, 3, 2, 1])
  await list.reload()
  expect([rows(list), list.more.value]).toEqual([[5, 4], true])
})

it('reads older rows once though it is asked twice, and what was read anew meanwhile stands', async () => {
  const asked: string[] = []
  let answer: (page: Slice<number>) => void = () => undefined
  const list = shown((cursor = '') => {
    asked.push(cursor)
    return cursor ? new Promise((done) => (answer = done)) : Promise.resolve(pages[''] ?? { items: [] })
  })
  await flushPromises()
  const both = [list.older(), list.older()]
  expect([asked, list.busy.value]).toEqual([['', 'a'], true])
  await list.reload()
  answer({ items: [3], next: null })
  await Promise.all(both)
  expect([rows(list), list.more.value, list.busy.value]).toEqual([[5, 4], true, false])
})

it('says beneath what is shown that older rows could not be read, and reads them when it is asked again', async () => {
  let works = false
  const list = shown((cursor = '') => (cursor && !works ? Promise.reject(new ProblemError(offline())) : Promise.resolve(pages[cursor] ?? { items: [] })))
  await flushPromises()
  await list.older()
  expect([rows(list), list.problem.value?.title, list.more.value, list.busy.value]).toEqual([[5, 4], offline().title, true, false])
  works = true
  await list.older()
  expect([rows(list), list.problem.value]).toEqual([[5, 4, 3, 2], null])
})

it('forgets the failure when it is read anew', async () => {
  const list = shown((cursor) => (cursor ? Promise.reject(new ProblemError(offline())) : Promise.resolve(pages[''] ?? { items: [] })))
  await flushPromises()
  await list.older()
  await list.reload()
  expect([rows(list), list.problem.value]).toEqual([[5, 4], null])
})

it('shows the failure beneath the timeline, with a way on', async () => {
  const entries = [{ id: 'a', at: '2026-11-20T02:00:00Z', title: '受理' }]
  const wrapper = mount(AppTimeline, { props: { entries, more: true, problem: offline() } })
  expect(wrapper.findAll('li').map((line) => line.find('b').text())).toEqual(['受理'])
  expect(wrapper.get('[role=alert]').text()).toContain(offline().title)
  await wrapper.get('button').trigger('click')
  expect([wrapper.get('button').text(), wrapper.emitted('more')?.length]).toEqual([shared.act.retry, 1])
})
