import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { type Place, placeOf } from './site'

export interface Spot {
  /** Where the device says that it is. */
  found: ShallowRef<(Place & { metres: number }) | null>
  locating: Ref<boolean>
  /** Asks again; the browser asks the person once. */
  locate: () => void
}

const PATIENCE = 15_000
/** A place that is this old is still the place of the picture. */
const FRESH = 60_000

/** The place of the device, as far as the person lets the browser tell it. */
export function useSpot(): Spot {
  const found = shallowRef<(Place & { metres: number }) | null>(null)
  const locating = ref(false)
  let left = false
  onScopeDispose(() => {
    left = true
  })

  function locate(): void {
    if (!('geolocation' in navigator)) return
    locating.value = true
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        if (left) return
        locating.value = false
        found.value = { ...placeOf(coords.longitude, coords.latitude), metres: Math.round(coords.accuracy) }
      },
      () => {
        locating.value = false
      },
      { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: FRESH },
    )
  }
  return { found, locating, locate }
}
