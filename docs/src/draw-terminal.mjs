const lineHeight = 20
const characterWidth = 8.1
const margin = 20
const barHeight = 34

/**
 * Draws a terminal as SVG. Lines that begin with `$ ` are commands.
 *
 * @param text the plain text of the terminal
 * @param title the description for screen readers
 */
export function drawTerminal(text, title) {
  const lines = text.trimEnd().split('\n')
  const width = Math.ceil(2 * margin + Math.max(...lines.map(line => line.length)) * characterWidth)
  const height = barHeight + 2 * margin + (lines.length - 1) * lineHeight + 6
  const rows = lines.map((line, index) => {
    const y = barHeight + margin + index * lineHeight + 6
    const isTyped = line.startsWith('$ ') || lines[index - 1]?.endsWith('\\')
    const content = line.startsWith('$ ')
      ? `<tspan class="prompt">$</tspan>${escapeXml(line.slice(1))}`
      : escapeXml(line)
    return `<text class="${isTyped ? 'typed' : 'said'}" x="${margin}" y="${y}">${content}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}">
<title>${escapeXml(title)}</title>
<style>
text { font: 13.4px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; white-space: pre }
.said { fill: #cfd5e1 } .typed { fill: #ffffff; font-weight: 600 } .prompt { fill: #4cc38a }
</style>
<rect width="${width}" height="${height}" rx="10" fill="#14161a"/>
<circle cx="20" cy="18" r="5.5" fill="#ff7b86"/><circle cx="38" cy="18" r="5.5" fill="#e8c35a"/><circle cx="56" cy="18" r="5.5" fill="#4cc38a"/>
${rows.join('\n')}
</svg>
`
}

const escapeXml = words => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
