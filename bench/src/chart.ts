import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, TitleComponent } from 'echarts/components'
import { type EChartsCoreOption, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { barHeight, barsOption } from './chart-bars.js'
import { colours, inTheDark } from './chart-colours.js'
import { curvesHeight, curvesOption } from './chart-curves.js'
import { type Frame, type Panel, panelsOf } from './chart-panels.js'
import type { RowResult } from './row.js'

use([BarChart, LineChart, GridComponent, TitleComponent, SVGRenderer])

const width = 980
const columns = 2
const headHeight = 46
const gap = 20

/** Draws what was measured: bars for comparisons, lines for what grows, readable on light pages and on dark ones. */
export function drawChart(results: readonly RowResult[]): string {
  const { frames, height } = placed(panelsOf(results))
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height })
  chart.setOption(optionFor(frames))
  const svg = chart.renderToSVGString()
  chart.dispose()
  return withDarkColours(withoutPointer(svg))
}

// Each panel goes where there is room first.
function placed(panels: readonly Panel[]): { readonly frames: readonly Frame[]; readonly height: number } {
  const bottoms = Array.from({ length: columns }, () => headHeight)
  const columnWidth = width / columns
  const frames = panels.map(panel => {
    const column = bottoms.indexOf(Math.min(...bottoms))
    const top = bottoms[column] ?? 0
    const height = panel.growthOf === undefined ? barHeight(panel) : curvesHeight
    bottoms[column] = top + height + gap
    return { panel, left: column * columnWidth + gap, top, width: columnWidth - 2 * gap, height }
  })
  return { frames, height: Math.max(...bottoms) }
}

function optionFor(frames: readonly Frame[]): EChartsCoreOption {
  const parts = frames.map((frame, index) =>
    frame.panel.growthOf === undefined ? barsOption(frame, index) : curvesOption(frame, index),
  )
  return {
    animation: false,
    backgroundColor: colours.background,
    textStyle: { fontFamily: 'system-ui, sans-serif' },
    title: [...legend(), ...parts.flatMap(({ title }) => title)],
    grid: parts.flatMap(({ grid }) => grid),
    xAxis: parts.flatMap(({ xAxis }) => xAxis),
    yAxis: parts.flatMap(({ yAxis }) => yAxis),
    series: parts.flatMap(({ series }) => series),
  }
}

// One text for each word: nothing here can measure how wide a text is.
function legend(): readonly object[] {
  const words = [
    { text: 'ours', color: colours.ours, left: gap },
    { text: 'what you would use instead, or a yardstick', color: colours.reference, left: gap + 70 },
    { text: 'others', color: colours.other, left: gap + 390 },
  ]
  const style = { fontSize: 13, fontWeight: 'normal' }
  return words.flatMap(({ text, color, left }) => [
    { text: '■', left, top: 8, textStyle: { ...style, color } },
    { text, left: left + 16, top: 8, textStyle: { ...style, color: colours.text } },
  ])
}

// What reacts to a pointer, which a picture in a page never does. Its names would differ from one drawing to the next.
function withoutPointer(svg: string): string {
  return svg.replace(/<style ><!\[CDATA\[[\s\S]*?<\/style>\n?/, '').replaceAll(/ (class|pointer-events)="[^"]*"/g, '')
}

function withDarkColours(svg: string): string {
  const rules = Object.entries(inTheDark).flatMap(([light, dark]) =>
    ['fill', 'stroke'].map(property => `[${property}="${light}"]{${property}:${dark}}`),
  )
  return svg.replace('>', `><style>@media (prefers-color-scheme:dark){${rules.join('')}}</style>`)
}
