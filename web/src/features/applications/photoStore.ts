import type { Place } from './site'

/** A picture that was taken and is not on the server yet. */
export interface Shot extends Place {
  /** Also the key under which it is sent, so that it arrives once. */
  id: string
  check: string
  condition: string
  /** Milliseconds of the device, and the minute that the officer confirmed. */
  taken: number
  hour: string
  place: string
  name: string
  picture: Blob
}

const BASE = 'anxu.shots'
const STORE = 'shots'

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(BASE, 1)
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: 'id' })
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error ?? new Error(BASE))
  })
}

async function within<Value>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<Value>): Promise<Value> {
  const base = await open()
  try {
    return await new Promise((resolve, reject) => {
      const asked = act(base.transaction(STORE, mode).objectStore(STORE))
      asked.onsuccess = () => resolve(asked.result)
      asked.onerror = () => reject(asked.error ?? new Error(STORE))
    })
  } finally {
    base.close()
  }
}

/** Pictures that wait for a network, kept by the browser over a reload. Where it keeps nothing, they live with the page. */
export const shots = {
  put: (shot: Shot): Promise<unknown> => within('readwrite', (store) => store.put(shot)),
  remove: (id: string): Promise<unknown> => within('readwrite', (store) => store.delete(id)),
  of: async (check: string): Promise<Shot[]> => (await within<Shot[]>('readonly', (store) => store.getAll())).filter((shot) => shot.check === check),
}
