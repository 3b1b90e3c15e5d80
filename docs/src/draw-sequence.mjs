const columnWidth = 274
const margin = 26
const rowHeight = 54
const actorHeight = 44

/**
 * A sequence diagram as SVG, on a ground of its own, so that it can be read on a light page and on a dark one.
 *
 * @param diagram.title what a screen reader says
 * @param diagram.actors names, left to right
 * @param diagram.steps `[from, to, text, detail?]`, by the place of the actor; from and to alike is work of one of them
 */
export function drawSequence({ title, actors, steps }) {
  const width = 2 * margin + actors.length * columnWidth
  const height = actorHeight + 3 * margin + steps.length * rowHeight
  const x = index => margin + columnWidth * (index + 0.5)
  const parts = [
    ...actors.map((_name, index) => {
      return `<path class="life" d="M${x(index)} ${margin + actorHeight}V${height - margin / 2}"/>`
    }),
    ...actors.flatMap((name, index) => [
      `<rect class="actor" x="${x(index) - 96}" y="${margin}" width="192" height="${actorHeight}" rx="9"/>`,
      text(x(index), margin + actorHeight / 2 + 5, 'name', name),
    ]),
    ...steps.flatMap((step, index) => drawStep(step, index, x)),
  ]
  return frame(width, height, title, parts)
}

function drawStep([from, to, label, detail], index, x) {
  const y = actorHeight + 2 * margin + (index + 0.75) * rowHeight
  if (from === to) {
    const box = `<rect class="work" x="${x(from) - 112}" y="${y - 28}" width="224" height="${detail ? 42 : 28}" rx="7"/>`
    return [box, text(x(from), y - 9, 'label', label), ...(detail ? [text(x(from), y + 7, 'detail', detail)] : [])]
  }
  const direction = Math.sign(to - from)
  const [start, end] = [x(from) + direction * 3, x(to) - direction * 3]
  const [edge, middle] = [end - direction * 9, (start + end) / 2]
  return [
    `<path class="arrow" d="M${start} ${y}H${end}"/>`,
    `<path class="head" d="M${end} ${y}L${edge} ${y - 5}V${y + 5}Z"/>`,
    text(middle, y - 8, 'label over', label),
    ...(detail ? [text(middle, y + 15, 'detail over', detail)] : []),
  ]
}

/** A picture with its colours, which a picture of the architecture shares. */
export function frame(width, height, title, parts) {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}">
<title>${escapeXml(title)}</title>
<style>
text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; text-anchor: middle; fill: #1d2129 }
.name { font-size: 15px; font-weight: 600 } .detail { font-size: 11.5px; fill: #555c6b }
.over { paint-order: stroke; stroke: #fbfcfe; stroke-width: 5px; stroke-linejoin: round }
.actor { fill: #e6eefc; stroke: #2f6fdb; stroke-width: 1.5 } .work { fill: #fff6df; stroke: #d9a520 }
.ours { fill: #e3f4ea; stroke: #1a7f4b; stroke-width: 1.5 }
.life { stroke: #b9c1d1; stroke-dasharray: 4 5 } .arrow { stroke: #2456b8; stroke-width: 1.6; fill: none } .head { fill: #2456b8 }
</style>
<rect width="${width}" height="${height}" rx="12" fill="#fbfcfe"/>
${parts.join('\n')}
</svg>
`
}

/** A text with its middle at x. */
export function text(x, y, kind, words) {
  return `<text class="${kind}" x="${x}" y="${y}">${escapeXml(words)}</text>`
}

const escapeXml = words => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
