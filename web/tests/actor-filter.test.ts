import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import { offline, ProblemError } from '@/api/problem'
import { type Account, readAccounts } from '@/features/admin/api'
import ActorFilter from '@/features/admin/components/ActorFilter.vue'

vi.mock('@/features/admin/api', () => ({ readAccounts: vi.fn() }))
const asked = vi.mocked(readAccounts)
beforeEach(() => {
  asked.mockReset()
})
const found = (...names: string[]) => ({ items: names.map((name) => ({ id: name, name, login: 'a' }) as Account) })

it('says why nobody could be looked for, and looks again for who types on', async () => {
  asked.mockRejectedValueOnce(new ProblemError(offline())).mockResolvedValue(found('孟春萍', '孟春华'))
  const wrapper = mount(ActorFilter)
  const field = wrapper.get('input')
  await field.setValue('孟')
  await field.trigger('keydown', { key: 'Enter' })
  await flushPromises()
  expect(wrapper.get('[role=alert]').text()).toBe(`${offline().title} ${offline().detail}`)
  expect(wrapper.find('[role=status]').exists()).toBe(false)
  vi.useFakeTimers()
  await field.setValue('孟春')
  await vi.runAllTimersAsync()
  vi.useRealTimers()
  expect([wrapper.find('[role=alert]').exists(), wrapper.findAll('option').length]).toEqual([false, 2])
})
