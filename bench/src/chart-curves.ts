import { amountText } from './amount.js'
import { titlesOf } from './chart-bars.js'
import { colours, dashes } from './chart-colours.js'
import { type Frame, isWide, type PanelOption } from './chart-panels.js'

/** How high a panel of curves is, in pixels. */
export const curvesHeight = 220

/** A panel of curves: what one job costs, the more there is of something. */
export function curvesOption(frame: Frame, index: number): PanelOption {
  const { panel, left, top, width, height } = frame
  const wide = isWide(panel)
  return {
    title: titlesOf(frame, wide),
    grid: [{ left: left + 70, top: top + 34, width: width - 220, height: height - 80 }],
    xAxis: [
      {
        type: 'log' as const,
        gridIndex: index,
        name: panel.growthOf,
        nameLocation: 'middle' as const,
        nameGap: 26,
        nameTextStyle: { color: colours.quiet },
        axisLine: { lineStyle: { color: colours.line } },
        axisLabel: {
          color: colours.quiet,
          formatter: (amount: number) => amount.toLocaleString('en', { notation: 'compact' }),
        },
        splitLine: { show: false },
      },
    ],
    yAxis: [
      {
        type: wide ? ('log' as const) : ('value' as const),
        gridIndex: index,
        axisLabel: { color: colours.quiet, formatter: (amount: number) => amountText(amount, panel.unit) },
        splitLine: { lineStyle: { color: colours.line } },
      },
    ],
    series: panel.groups.map(({ name, marks }, curve) => ({
      type: 'line' as const,
      silent: true,
      emphasis: { disabled: true },
      xAxisIndex: index,
      yAxisIndex: index,
      symbolSize: 7,
      symbol: 'circle',
      lineStyle: { color: colours.ours, type: dashes[curve % dashes.length], width: 2 },
      itemStyle: { color: colours.ours },
      data: marks
        .flatMap(({ at, amount }) => (at === undefined ? [] : [[at, amount] as const]))
        .sort(([a], [b]) => a - b),
      endLabel: { show: true, formatter: name ?? '', color: colours.text, fontSize: 12 },
    })),
  }
}
