/** Words of the registry of enterprises. */
export const registry = {
  title: '企业',
  heading: (count: number, more: boolean) => `${count}${more ? ' 家以上' : ' 家'}企业`,
  caption: '企业名录，可以筛选',
  columns: { name: '企业', region: '属地', industry: '行业', size: '规模', danger: '风险等级', state: '状态' },
  filters: { q: '企业名称或者统一社会信用代码', size: '规模', danger: '风险等级', state: '状态' },
  any: { size: '所有规模', danger: '所有风险等级', state: '所有状态' },
  sizes: { Large: '大型', Medium: '中型', Small: '小型', Micro: '微型', Unstated: '未填' },
  dangers: { Red: '红', Orange: '橙', Yellow: '黄', Blue: '蓝' },
  states: { Active: '在营', Halted: '停产停业', Closed: '已注销' },
  empty: '没有符合条件的企业',
  emptyDetail: '至少输入名称里连续的两个字，或者放宽条件再试。',
  tabs: { label: '企业档案', timeline: '时间线', staff: '关键人员', facilities: '设施与重大危险源' },
  none: '没有登记',
  until: (day: string) => `证书有效至 ${day}`,
  facts: { code: '统一社会信用代码', address: '住所', legal: '法定代表人', type: '经济类型', region: '属地', industry: '行业', size: '规模', danger: '风险等级', phone: '电话', authority: '登记机关', established: '成立日期' },
} as const
