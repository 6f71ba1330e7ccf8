import { BarChart, LineChart, MapChart, ScatterChart } from 'echarts/charts'
import { AriaComponent, GeoComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from 'echarts/components'
import { type EChartsCoreOption, registerMap, use } from 'echarts/core'
import { LabelLayout } from 'echarts/features'
import { CanvasRenderer } from 'echarts/renderers'
import { computed, type ComputedRef } from 'vue'
import { dark, token } from './theme'

use([AriaComponent, BarChart, CanvasRenderer, GeoComponent, GridComponent, LabelLayout, LegendComponent, LineChart, MapChart, ScatterChart, TooltipComponent, VisualMapComponent])

export { registerMap }

/** Colours and fonts of the theme that is shown: a canvas knows no variables. */
export interface Paint {
  ink: string
  ink2: string
  line: string
  surface: string
  accent: string
  soft: string
  late: string
  soon: string
  fine: string
  held: string
  sans: string
}

/** Read anew when the theme changes. */
export function usePaint(): ComputedRef<Paint> {
  return computed(() => {
    void dark.value
    return {
      ink: token('ink'),
      ink2: token('ink-2'),
      line: token('line'),
      surface: token('surface'),
      accent: token('accent'),
      soft: token('accent-soft'),
      late: token('late-fill'),
      soon: token('soon-fill'),
      fine: token('fine-fill'),
      held: token('held-fill'),
      sans: token('sans'),
    }
  })
}

/** What all charts have in common: fonts, tooltip, quiet axes. */
export const common = (paint: Paint): object => ({
  textStyle: { fontFamily: paint.sans, color: paint.ink2 },
  animationDuration: 300,
  tooltip: { trigger: 'item', confine: true, backgroundColor: paint.surface, borderColor: paint.line, textStyle: { color: paint.ink, fontSize: 13 } },
})
export const legend = (paint: Paint): object => ({ top: 0, left: 0, itemWidth: 12, itemHeight: 12, itemGap: 16, textStyle: { color: paint.ink2, fontSize: 13 } })
export const valueAxis = (paint: Paint): object => ({
  type: 'value',
  minInterval: 1,
  splitLine: { lineStyle: { color: paint.line } },
  axisLabel: { color: paint.ink2, hideOverlap: true },
})
export const nameAxis = (paint: Paint, names: string[]): object => ({
  type: 'category',
  data: names,
  axisTick: { show: false },
  axisLine: { lineStyle: { color: paint.line } },
  axisLabel: { color: paint.ink, fontSize: 13 },
})

/** An option as the chart takes it: the parts above are put together freely, which the library's types do not follow. */
export const chart = (option: object): EChartsCoreOption => option as EChartsCoreOption
