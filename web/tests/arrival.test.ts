import { expect, it, vi } from 'vitest'
import { effectScope, shallowRef } from 'vue'
import { withAddress } from '@/features/notices/addresses'
import { type Address, type Preferences, readPreferences } from '@/features/notices/api'
import { useArrival } from '@/features/notices/useArrival'

vi.mock('@/features/notices/api', () => ({ readPreferences: vi.fn() }))
const asked = vi.mocked(readPreferences)

const mail = (delivery: 'queued' | 'sent'): Address => ({
  channel: 'mail',
  state: 'waiting',
  is_open: true,
  next_code_in: 0,
  code: { sent_to: 'a@example.com', asked_at: '2026-03-02T04:00:00Z', delivery, delivery_name: '', attempts_left: 5 },
})

it('looks after a code until it has left, also when it cannot ask for a while', async () => {
  vi.useFakeTimers()
  const own = shallowRef({ addresses: [mail('queued')] } as Preferences)
  asked
    .mockRejectedValueOnce(new Error('no network'))
    .mockResolvedValueOnce(own.value)
    .mockResolvedValue({ addresses: [mail('sent')] } as Preferences)
  const scope = effectScope()
  scope.run(() => useArrival(() => own.value, (address) => (own.value = withAddress(own.value, address))))
  await vi.advanceTimersByTimeAsync(7_000)
  expect(own.value.addresses[0]?.code?.delivery).toBe('queued')
  await vi.advanceTimersByTimeAsync(3_000)
  expect(own.value.addresses[0]?.code?.delivery).toBe('sent')
  await vi.advanceTimersByTimeAsync(30_000)
  expect([asked.mock.calls.length, vi.getTimerCount()]).toEqual([3, 0])
  scope.stop()
  vi.useRealTimers()
})
