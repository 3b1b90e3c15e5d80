const entities: Readonly<Record<string, string>> = { quot: '"', amp: '&', lt: '<', gt: '>', nbsp: ' ' }

/**
 * Removes what programs add to a text that is copied: byte order marks, the zeros of UTF-16 that was decoded as UTF-8, HTML entities,
 * typographic quotes and spaces, the marks of a quoted mail or a diff before each line, and quotes around the text.
 */
export function plainText(text: string): string {
  const plain = withoutMarks(withoutEntities(text.replace(/^[\uFEFF\uFFFD]+|\0/g, '')))
    .replace(/[\u201C-\u201F]/g, '"')
    .replace(/[\u2018-\u201B]/g, "'")
    .replace(/[\u00A0\u2000-\u200A\u202F]/g, ' ')
    .replace(/[\u200B-\u200D\u2060\uFEFF]/g, '')
    .trim()
  return /^(["'`])(?<inner>.*)\1$/s.exec(plain)?.groups?.inner?.trim() ?? plain
}

function withoutEntities(text: string): string {
  return text
    .replace(/<br {0,10}\/?>/gi, '\n')
    .replace(/&(?:#(\d{1,5})|#x([0-9a-f]{1,4})|(\w{2,4}));/gi, (all, decimal, hex, name: string | undefined) => {
      if (name !== undefined) return entities[name.toLowerCase()] ?? all
      return String.fromCharCode(decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal))
    })
}

function withoutMarks(text: string): string {
  const lines = text.split('\n').filter(line => line.trim() !== '')
  const isMarked = lines.length > 1 && [/^\s*>/, /^\+/].some(mark => lines.every(line => mark.test(line)))
  return isMarked ? text.replace(/^[ \t]{0,100}[>+] ?/gm, '') : text
}
