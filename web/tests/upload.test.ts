import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { offline, ProblemError, readProblem } from '@/api/problem'
import * as uploading from '@/api/upload'
import FileUpload from '@/shared/components/FileUpload.vue'

const file = (name: string, size = 10): File => new File(['x'.repeat(size)], name, { type: 'application/pdf' })

function page(props: object = {}) {
  return mount(FileUpload, { props: { url: '/api/v1/x', label: '营业执照', types: '.pdf', maxBytes: 100, ...props } as never })
}
async function choose(wrapper: ReturnType<typeof page>, ...files: File[]): Promise<void> {
  const input = wrapper.get('input[type=file]')
  Object.defineProperty(input.element, 'files', { value: files, configurable: true })
  await input.trigger('change')
  await flushPromises()
}

let sent: uploading.Upload[] = []
beforeEach(() => {
  sent = []
})
const answers = (...list: (object | Error)[]): void => {
  vi.spyOn(uploading, 'upload').mockImplementation((what) => {
    sent.push(what)
    const next = list.shift() ?? {}
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next as never)
  })
}

describe('uploading', () => {
  it('sends several files one after another', async () => {
    answers({ id: 1 }, { id: 2 })
    const wrapper = page()
    await choose(wrapper, file('a.pdf'), file('b.PDF'))
    expect(sent.map((one) => one.file.name)).toEqual(['a.pdf', 'b.PDF'])
    expect(wrapper.emitted('uploaded')?.map(([answer]) => answer)).toEqual([{ id: 1 }, { id: 2 }])
  })
  it('does not send what cannot be taken, and says why', async () => {
    answers()
    const wrapper = page()
    await choose(wrapper, file('a.exe'), file('b.pdf', 200))
    expect(sent).toHaveLength(0)
    expect(wrapper.text()).toContain('只能上传 .pdf')
    expect(wrapper.text()).toContain('请压缩或拆分')
  })
  it('tries again under the same key, and only where that can help', async () => {
    answers(new ProblemError(offline()), {})
    const wrapper = page()
    await choose(wrapper, file('a.pdf'))
    await wrapper.get('button[aria-label="重试 a.pdf"]').trigger('click')
    await flushPromises()
    expect(sent.map((one) => one.key)).toEqual([sent[0]?.key, sent[0]?.key])
    expect(wrapper.text()).toContain('已上传')

    answers(new ProblemError(readProblem(422, { title: '文件类型不对', detail: '请上传 PDF' })))
    const refused = page()
    await choose(refused, file('c.pdf'))
    expect(refused.text()).toContain('请上传 PDF')
    expect(refused.find('button[aria-label="重试 c.pdf"]').exists()).toBe(false)
  })
})
