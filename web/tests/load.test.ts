import { mount, type VueWrapper } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { offline } from '@/api/problem'
import LoadView from '@/shared/components/LoadView.vue'
import type { Load } from '@/shared/composables/useLoad'
import { shared } from '@/locales/zh-CN/shared'

const failed: Load<string> = { state: 'failed', problem: offline() }
const view = (load: Load<string>, heads: boolean): VueWrapper =>
  mount(LoadView<string>, {
    props: { load, heads } as never,
    slots: { default: '<h1>{{ params.value }}</h1>' },
    global: { stubs: { RouterLink: true }, mocks: { $route: { meta: { title: '许可证' } } } },
  }) as VueWrapper
const headings = (wrapper: VueWrapper): string[] => wrapper.findAll('h1').map((heading) => heading.text())

describe('what is loaded', () => {
  it('heads its page itself, once it is there', () => expect(headings(view({ state: 'ready', value: '甲公司' }, true))).toEqual(['甲公司']))
  it('leaves the title of the window as the heading when it fails, and a way on', async () => {
    const wrapper = view(failed, true)
    expect(headings(wrapper)).toEqual(['许可证'])
    expect(wrapper.get('[role=alert]').text()).toContain(offline().title)
    await wrapper.get('button').trigger('click')
    expect([wrapper.get('button').text(), wrapper.emitted('retry')?.length]).toEqual([shared.act.retry, 1])
  })
  it('adds no heading to a page that has one', () => expect(headings(view(failed, false))).toEqual([]))
})

const pages = import.meta.glob<string>('../src/features/*/pages/**/*.vue', { query: '?raw', import: 'default', eager: true })
/** Pages in which what is loaded comes before any heading, and how they show it. */
const bare = Object.entries(pages).flatMap(([path, source]) => {
  const [before = '', after] = source.slice(source.indexOf('<template>')).split(/<LoadView\b/, 2)
  return after === undefined || before.includes('<PageHeader') ? [] : [[path, after.slice(0, after.indexOf('>'))] as const]
})

it('a page whose heading is loaded has one when that fails', () => {
  expect(bare.length).toBeGreaterThan(15)
  expect(bare.filter(([, view]) => !/\sheads\b/.test(view)).map(([path]) => path)).toEqual([])
})
it('no other view adds a second one', () => {
  const all = Object.values(pages).join('').match(/<LoadView\b[^>]*\sheads\b/g)
  expect(all?.length).toBe(bare.length)
})
