import { flushPromises, mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { defineComponent, ref } from 'vue'
import WorkTable from '@/shared/components/WorkTable.vue'
import { type Paged, usePaged } from '@/shared/composables/usePaged'
import { kept } from '@/shared/lib/store'
import { type Column, tick, tickAll, turn, visible } from '@/shared/lib/table'

const columns: Column[] = [
  { key: 'name', label: '名称', fixed: true, sort: 'name' },
  { key: 'region', label: '区县' },
]
const rows = [
  { id: 'a', name: '甲公司', region: '东湖区' },
  { id: 'b', name: '乙公司', region: '西湖区' },
]
const table = (props: object = {}) =>
  mount(WorkTable<(typeof rows)[number]>, { props: { name: 'test', caption: '企业', columns, rows, rowKey: (row: { id: string }) => row.id, ...props } as never })

describe('pure parts', () => {
  it('turns the order', () => {
    expect(turn(undefined, 'name')).toEqual({ by: 'name', descending: false })
    expect(turn({ by: 'name', descending: false }, 'name')).toEqual({ by: 'name', descending: true })
    expect(turn({ by: 'due', descending: true }, 'name')).toEqual({ by: 'name', descending: false })
  })
  it('keeps rows of other pages selected', () => {
    expect(tick(['x'], 'a', true)).toEqual(['x', 'a'])
    expect(tickAll(['x', 'a'], ['a', 'b'], true)).toEqual(['x', 'a', 'b'])
    expect(tickAll(['x', 'a', 'b'], ['a', 'b'], false)).toEqual(['x'])
  })
  it('never hides what is fixed', () => {
    expect(visible(columns, ['name', 'region']).map((column) => column.key)).toEqual(['name'])
  })
})

describe('a work table', () => {
  it('has the roles of a table though it stacks', () => {
    const wrapper = table()
    expect(wrapper.findAll('[role=columnheader]').map((head) => head.text())).toEqual(['名称', '区县'])
    expect(wrapper.findAll('tbody [role=row]')).toHaveLength(2)
    expect(wrapper.get('caption').text()).toBe('企业')
  })
  it('keeps a choice of columns', async () => {
    const wrapper = table()
    await wrapper.get('.choice input').setValue(false)
    expect(wrapper.findAll('[role=columnheader]')).toHaveLength(1)
    expect(kept.read('columns.test')).toEqual(['region'])
    expect(table().findAll('[role=columnheader]')).toHaveLength(1)
  })
  it('tells how it is sorted', async () => {
    const wrapper = table({ order: { by: 'name', descending: false } })
    expect(wrapper.get('th').attributes('aria-sort')).toBe('ascending')
    await wrapper.get('.sort').trigger('click')
    expect(wrapper.emitted('update:order')?.[0]).toEqual([{ by: 'name', descending: true }])
  })
  it('selects the page and names each box', async () => {
    const wrapper = table({ selectable: true, rowName: (row: { name: string }) => row.name })
    const boxes = wrapper.findAll('table input[type=checkbox]')
    expect(boxes[1]?.attributes('aria-label')).toBe('选择 甲公司')
    await boxes[0]?.setValue(true)
    expect(wrapper.emitted('update:selected')?.at(-1)).toEqual([['a', 'b']])
  })
  it('says what to do when it is empty', () => {
    expect(table({ rows: [], emptyTitle: '还没有企业', emptyDetail: '先导入' }).text()).toContain('先导入')
  })
})

describe('paging by key', () => {
  function paged(read: (cursor: string | undefined) => Promise<{ items: string[]; next?: string | null }>, filter = ref('')) {
    let list!: Paged<string>
    mount(
      defineComponent(() => {
        list = usePaged(read, filter)
        return () => null
      }),
    )
    return list
  }
  const pages: Record<string, { items: string[]; next?: string | null }> = { '': { items: ['a'], next: '2' }, '2': { items: ['b'], next: '3' }, '3': { items: ['c'] } }
  const read = (cursor: string | undefined) => Promise.resolve(pages[cursor ?? ''] ?? { items: [] })

  it('goes on and back', async () => {
    const list = paged(read)
    await flushPromises()
    await list.next()
    await list.next()
    expect([list.rows.value, list.page.value, list.hasNext.value]).toEqual([['c'], 3, false])
    await list.previous()
    expect([list.rows.value, list.page.value]).toEqual([['b'], 2])
  })
  it('begins again when a filter changes', async () => {
    const filter = ref('')
    const list = paged(read, filter)
    await flushPromises()
    await list.next()
    filter.value = 'x'
    await flushPromises()
    expect([list.rows.value, list.page.value]).toEqual([['a'], 1])
  })
  it('keeps the page that is shown when the next does not come', async () => {
    const list = paged((cursor) => (cursor ? Promise.reject(new DOMException('gone', 'AbortError')) : read(cursor)))
    await flushPromises()
    await list.next()
    expect(list.rows.value).toEqual(['a'])
  })
})
