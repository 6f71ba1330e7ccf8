import { mount } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick } from 'vue'
import { ProblemError, readProblem } from '@/api/problem'
import AppField from '@/shared/components/AppField.vue'
import ErrorSummary from '@/shared/components/ErrorSummary.vue'
import { type Form, useForm } from '@/shared/composables/useForm'

interface Values {
  name: string
  note: string
}
const refused = (): ProblemError =>
  new ProblemError(readProblem(422, { title: '填写内容有误', errors: [{ field: 'name', message: '请填写名称' }, { field: 'elsewhere', message: '另有一处' }] }))

function page(submit: (values: Values, key: string) => Promise<string>, check?: (values: Values) => { field: string; message: string }[]) {
  let form!: Form<Values, string>
  const Page = defineComponent(() => {
    form = useForm<Values, string>({ initial: { name: '', note: '' }, submit, ...(check ? { check } : {}) })
    return () => [
      h(ErrorSummary, { form }),
      h(AppField, { label: '名称', hint: '写全称', ...form.field('name') }, { default: ({ control }: { control: object }) => h('input', control) }),
    ]
  })
  const wrapper = mount(Page, { attachTo: document.body })
  return { wrapper, form }
}

describe('a form', () => {
  it('keeps what was typed when it is refused, and ties faults to their fields', async () => {
    const { wrapper, form } = page(() => Promise.reject(refused()))
    form.values.name = '甲'
    expect(await form.submit()).toBeUndefined()
    await nextTick()
    expect(form.values.name).toBe('甲')
    const input = wrapper.get('input')
    expect(input.attributes('aria-invalid')).toBe('true')
    expect(input.attributes('aria-describedby')?.split(' ').map((id) => document.getElementById(id)?.textContent)).toEqual(['写全称', '请填写名称'])
    expect(wrapper.get('label').attributes('for')).toBe(input.attributes('id'))
    const links = wrapper.findAll('.summary li')
    expect(links.map((link) => link.text())).toEqual(['请填写名称', '另有一处'])
    expect(links[1]?.find('a').exists()).toBe(false)
    await links[0]?.get('a').trigger('click')
    expect(document.activeElement).toBe(input.element)
    wrapper.unmount()
  })

  it('sends the same key for the same content and a new one for another', async () => {
    const keys: string[] = []
    const { form, wrapper } = page((_, key) => {
      keys.push(key)
      return Promise.reject(refused())
    })
    await form.submit()
    await form.submit()
    form.values.note = '改'
    await form.submit()
    expect(keys[1]).toBe(keys[0])
    expect(keys[2]).not.toBe(keys[1])
    wrapper.unmount()
  })

  it('is not sent twice at once, nor with faults that it sees itself', async () => {
    const submit = vi.fn(() => new Promise<string>((done) => setTimeout(() => done('ok'), 5)))
    const first = page(submit)
    const both = await Promise.all([first.form.submit(), first.form.submit()])
    expect(both).toEqual(['ok', undefined])
    expect(submit).toHaveBeenCalledOnce()
    expect(first.form.dirty.value).toBe(false)
    first.wrapper.unmount()

    const never = vi.fn(() => Promise.resolve('ok'))
    const second = page(never, () => [{ field: 'name', message: '请填写名称' }])
    await second.form.submit()
    expect(never).not.toHaveBeenCalled()
    expect(second.form.error('name')).toBe('请填写名称')
    second.wrapper.unmount()
  })
})
