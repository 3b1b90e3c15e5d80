import { amountText } from './amount.js'
import { colours } from './chart-colours.js'
import { type Frame, isWide, type Panel, type PanelOption } from './chart-panels.js'

const titleHeight = 30
const lineHeight = 19
const labelWidth = 210
const amountWidth = 90

/** How high a panel of bars is, in pixels. */
export function barHeight(panel: Panel): number {
  return titleHeight + linesOf(panel).length * lineHeight
}

/** A panel of bars: a line for each, under the name of its group. */
export function barsOption(frame: Frame, index: number): PanelOption {
  const { panel, left, top, width, height } = frame
  const lines = linesOf(panel)
  const amounts = lines.flatMap(line => line.amount ?? [])
  const wide = isWide(panel)
  // On a logarithmic scale a bar begins at 1. The shortest one still has to be seen; none at all can be none.
  const floor = Math.min(...amounts.filter(amount => amount > 0)) / 2
  const lengthOf = (amount: number) => (wide ? Math.max(amount / floor, 1) : amount)
  const scale = { type: wide ? ('log' as const) : ('value' as const), min: wide ? 1 : 0 }
  return {
    title: titlesOf(frame, wide),
    grid: [
      {
        left: left + labelWidth,
        top: top + titleHeight,
        width: width - labelWidth - amountWidth,
        height: height - titleHeight,
      },
    ],
    xAxis: [{ ...scale, max: Math.max(...amounts.map(lengthOf)), gridIndex: index, show: false }],
    yAxis: [
      {
        type: 'category' as const,
        gridIndex: index,
        inverse: true,
        data: lines.map(({ label }) => label),
        axisLine: { show: false },
        axisTick: { show: false },
        axisLabel: {
          interval: 0,
          width: labelWidth - 10,
          overflow: 'truncate' as const,
          fontSize: 12,
          color: colours.text,
        },
      },
    ],
    series: [
      {
        type: 'bar' as const,
        silent: true,
        emphasis: { disabled: true },
        xAxisIndex: index,
        yAxisIndex: index,
        barWidth: 12,
        data: lines.map(({ amount, colour }) => ({
          value: amount === undefined ? '-' : lengthOf(amount),
          itemStyle: { color: colour },
        })),
        label: {
          show: true,
          position: 'right' as const,
          color: colours.quiet,
          fontSize: 12,
          formatter: ({ dataIndex }: { readonly dataIndex: number }) => lines[dataIndex]?.text ?? '',
        },
      },
    ],
  }
}

/** The title of a panel, and at its right how to read it. */
export function titlesOf({ panel: { title, better }, left, top, width }: Frame, isLogarithmic: boolean): object[] {
  const notes = [better === 'more' ? 'more is better' : '', isLogarithmic ? 'log scale' : ''].filter(Boolean)
  const place = { top, padding: 0 }
  return [
    { text: title, left, ...place, textStyle: { color: colours.text, fontSize: 13, fontWeight: 'bold' } },
    {
      text: notes.join(', '),
      left: left + width,
      textAlign: 'right',
      ...place,
      textStyle: { color: colours.quiet, fontSize: 12, fontWeight: 'normal' },
    },
  ]
}

interface Line {
  readonly label: string | { readonly value: string; readonly textStyle: object }
  readonly amount: number | undefined
  readonly text: string
  readonly colour: string
}

function linesOf({ groups, unit }: Panel): readonly Line[] {
  return groups.flatMap(({ name, marks }) => {
    const bars = marks.map(({ what, role, amount }) => ({
      label: what,
      amount,
      text: amountText(amount, unit),
      colour: colours[role],
    }))
    if (groups.length === 1 || name === undefined) return bars
    const heading = { value: name, textStyle: { color: colours.quiet, fontWeight: 'bold' } }
    return [{ label: heading, amount: undefined, text: '', colour: colours.other }, ...bars]
  })
}
