import { computed, reactive, ref, shallowRef, toRaw, useId, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { asProblem, isAbort, type FieldFault, type Problem } from '@/api/problem'
import { randomKey } from '@/api/transport'

interface Options<Values extends object, Result> {
  /** What stands in the form at first. */
  initial: Values
  /** Faults that can be told before asking the server. The server judges again. */
  check?: (values: Values) => FieldFault[]
  /** The act. Pass `key` on as its Idempotency-Key (`once(key)`). */
  submit: (values: Values, key: string) => Promise<Result>
}

export interface Form<Values extends object, Result> {
  values: Values
  /** The last refusal; nothing that was typed is touched by it. */
  problem: ShallowRef<Problem | null>
  busy: Ref<boolean>
  /** Whether anything was typed that has not been sent. */
  dirty: ComputedRef<boolean>
  /** Id of the control of a field. */
  id: (field: string) => string
  /** What is wrong with a field, if anything. */
  error: (field: string) => string | undefined
  /** What `AppField` needs. */
  field: (field: string) => { id: string; error: string | undefined }
  /** Whether the form has a control for a field, so that the summary can lead there. */
  has: (field: string) => boolean
  /** Whether nothing can be told to be wrong before the server is asked; shows what can. */
  passes: () => boolean
  /** Acts; `undefined` when it was refused. */
  submit: () => Promise<Result | undefined>
  /** Begins anew. */
  reset: (values?: Values) => void
}

const copy = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value

/**
 * A form: keeps what was typed whatever happens, brings the server's faults to their fields, and sends the same key as
 * long as the same content is sent, so that a retry never acts twice.
 */
export function useForm<Values extends object, Result>({ initial, check, submit }: Options<Values, Result>): Form<Values, Result> {
  const prefix = useId()
  const values = reactive(copy(initial)) as Values
  const problem = shallowRef<Problem | null>(null)
  const busy = ref(false)
  const sent = ref(JSON.stringify(initial))
  const known = new Set<string>()
  let key = { of: '', is: '' }

  const faults = computed(() => new Map((problem.value?.fields ?? []).map(({ field, message }) => [field, message])))

  function keyFor(content: string): string {
    if (key.of !== content) key = { of: content, is: randomKey() }
    return key.is
  }

  function passes(): boolean {
    const fields = check?.(values) ?? []
    problem.value = fields.length > 0 ? { type: 'about:blank', status: 422, title: '', detail: '', fields, more: {} } : null
    return fields.length === 0
  }

  async function act(): Promise<Result | undefined> {
    if (busy.value || !passes()) return undefined
    busy.value = true
    const content = JSON.stringify(values)
    try {
      const result = await submit(copy(toRaw(values)), keyFor(content))
      sent.value = content
      key = { of: '', is: '' }
      return result
    } catch (error) {
      if (!isAbort(error)) problem.value = asProblem(error)
      return undefined
    } finally {
      busy.value = false
    }
  }

  const id = (field: string): string => {
    known.add(field)
    return `${prefix}-${field.replaceAll(/[^\w]/g, '-')}`
  }
  const error = (field: string): string | undefined => faults.value.get(field)
  return {
    values,
    problem,
    busy,
    dirty: computed(() => JSON.stringify(values) !== sent.value),
    id,
    error,
    field: (field) => ({ id: id(field), error: error(field) }),
    has: (field) => known.has(field),
    passes,
    submit: act,
    reset: (to = initial) => {
      Object.assign(values, copy(to))
      sent.value = JSON.stringify(to)
      problem.value = null
      key = { of: '', is: '' }
    },
  }
}
