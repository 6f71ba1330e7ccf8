/** Words of licences on the officers' side. */
export const licences = {
  title: '许可证',
  heading: (count: number, more: boolean) => `${count}${more ? ' 本以上' : ' 本'}许可证`,
  caption: '许可证，可以筛选',
  columns: { number: '证书编号', holder: '持证单位', industry: '行业', status: '状态', until: '有效期至' },
  filters: { q: '持证单位、编号或者统一社会信用代码', status: '状态' },
  any: '所有状态',
  statuses: { not_yet_valid: '尚未生效', valid: '有效', expiring: '即将到期', expired: '已到期' },
  empty: '没有符合条件的许可证',
  emptyDetail: '至少输入两个字，或者放宽条件再试。',
  facts: { holder: '持证单位', code: '统一社会信用代码', number: '证书编号', authority: '发证机关', issued: '发证日期', from: '生效日期', until: '有效期至', scope: '许可范围', application: '来自办件' },
  certificate: '电子证书',
  pending: '证书正在制作',
  timeline: '记录',
  open: '查看',
} as const
