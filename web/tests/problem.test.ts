import { describe, expect, it, vi } from 'vitest'
import { asProblem, kinds, ProblemError, readProblem } from '@/api/problem'

describe('a problem', () => {
  it('keeps words, faults and further members of the server', () => {
    const body = { type: 'urn:anxu:problem:invalid-input', title: '填写内容有误', status: 422, detail: '请补上', errors: [{ field: 'name', message: '缺少名称' }], permission: 'x' }
    expect(readProblem(422, body)).toEqual({
      type: 'urn:anxu:problem:invalid-input',
      status: 422,
      title: '填写内容有误',
      detail: '请补上',
      fields: [{ field: 'name', message: '缺少名称' }],
      more: { permission: 'x' },
    })
  })
  it('has words where the answer is not the server’s own', () => {
    expect(readProblem(502, null).title).toBe('操作没有完成')
    expect(readProblem(500, 'gateway').detail).toContain('500')
  })
  it('is what was thrown, or a fault of the page', () => {
    const problem = readProblem(409, { type: kinds.stale, title: '内容已被他人修改' })
    expect(asProblem(new ProblemError(problem))).toBe(problem)
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    expect(asProblem(new TypeError('x')).title).toBe('页面出了问题')
  })
})
