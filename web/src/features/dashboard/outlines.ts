import type { Schema } from '@/api/client'

type Ring = number[][]
type Features = Schema<'Outlines'>['features']

/** Outer rings and holes of a district; the largest part comes with its holes. */
function rings(geometry: Features[number]['geometry']): Ring[] {
  const parts = (geometry.type === 'MultiPolygon' ? geometry.coordinates : [geometry.coordinates]) as Ring[][]
  return [...parts].sort((a, b) => Math.abs(area(b[0] ?? [])) - Math.abs(area(a[0] ?? [])))[0] ?? []
}

const area = (ring: Ring): number =>
  ring.reduce((sum, [x = 0, y = 0], at) => {
    const [nextX = 0, nextY = 0] = ring[(at + 1) % ring.length] ?? []
    return sum + x * nextY - nextX * y
  }, 0) / 2

/** How far a point lies from the border; negative outside. */
function depth(x: number, y: number, all: Ring[]): number {
  let inside = false
  let nearest = Infinity
  for (const ring of all) {
    for (let at = 0, before = ring.length - 1; at < ring.length; before = at, at += 1) {
      const [ax = 0, ay = 0] = ring[at] ?? []
      const [bx = 0, by = 0] = ring[before] ?? []
      if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
      const dx = bx - ax
      const dy = by - ay
      const share = dx === 0 && dy === 0 ? 0 : Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)))
      nearest = Math.min(nearest, Math.hypot(x - ax - share * dx, y - ay - share * dy))
    }
  }
  return inside ? nearest : -nearest
}

/** Cells in each direction that are looked at for the place of a name. */
const CELLS = 24

/** Where a name stands best: as far from the border as it gets. A centroid of a bent district lies in its neighbour. */
export function place(geometry: Features[number]['geometry']): [number, number] {
  const all = rings(geometry)
  const points = all[0] ?? []
  const xs = points.map(([x = 0]) => x)
  const ys = points.map(([, y = 0]) => y)
  const left = Math.min(...xs)
  const right = Math.max(...xs)
  const low = Math.min(...ys)
  const high = Math.max(...ys)
  let best: [number, number] = [(left + right) / 2, (low + high) / 2]
  let deepest = -Infinity
  for (let column = 1; column < CELLS; column += 1) {
    for (let row = 1; row < CELLS; row += 1) {
      const x = left + ((right - left) * column) / CELLS
      const y = low + ((high - low) * row) / CELLS
      const here = depth(x, y, all)
      if (here > deepest) {
        best = [x, y]
        deepest = here
      }
    }
  }
  return best
}

/** The outlines as the chart wants them: each with the place of its name. */
export const labelled = ({ features, ...rest }: Schema<'Outlines'>): object => ({
  ...rest,
  features: features.map((one) => ({ ...one, properties: { ...one.properties, cp: place(one.geometry) } })),
})
