import { expect, it } from 'vitest'
import { cardOf } from '@/features/identity/demo'

it('a demo account of an enterprise is known by where it stands, an officer by what he is', () => {
  expect(cardOf({ end: 'enterprise', role: '企业证照管理员', task: '刚刚获证：下载电子证照，核验二维码' })).toEqual({ title: '刚刚获证', facts: ['企业证照管理员', '下载电子证照，核验二维码'] })
  expect(cardOf({ end: 'enterprise', role: '企业证照管理员', task: '许可证已经过期' })).toEqual({ title: '许可证已经过期', facts: ['企业证照管理员'] })
  expect(cardOf({ end: 'government', role: '住建局窗口受理员', task: '建筑施工：受理、送达' })).toEqual({ title: '住建局窗口受理员', facts: ['建筑施工：受理、送达'] })
})
