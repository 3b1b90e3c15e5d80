/**
 * Writes what JSON describes as PowerShell's own serialization format. Its reader is in every engine and makes the same
 * objects in each, where `ConvertFrom-Json` makes other numbers in 5.1 than in 7 and dates of texts: whole numbers are
 * Int64, others Double, texts stay texts, lists are ArrayLists, objects PSCustomObjects. What is nested deeper than the
 * reader goes is text, in JSON.
 *
 * What comes out holds nothing that a JSON text would have to escape: whoever cuts it out of one has it whole.
 *
 * @see https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-psrp/
 */
export function toClixml(value: unknown): string {
  let references = 0

  function element(value: unknown, name: string, depth: number): string {
    switch (typeof value) {
      case 'string':
        return `<S${name}>${escaped(value)}</S>`
      case 'boolean':
        return `<B${name}>${value}</B>`
      case 'number':
        if (Number.isSafeInteger(value)) return `<I64${name}>${value}</I64>`
        // As XML Schema writes it.
        return `<Db${name}>${String(value).replace('Infinity', 'INF')}</Db>`
      default:
        if (value === null || value === undefined) return `<Nil${name} />`
        return depth < maxDepth ? structure(value, name, depth + 1) : `<S${name}>${escaped(jsonOf(value))}</S>`
    }
  }

  function structure(value: object, name: string, depth: number): string {
    const reference = references++
    const content = Array.isArray(value)
      ? `<LST>${value.map(item => element(item, '', depth)).join('')}</LST>`
      : `<MS>${membersOf(value, depth).join('')}</MS>`
    return `<Obj${name} RefId='${reference}'>${content}</Obj>`
  }

  function membersOf(value: object, depth: number): readonly string[] {
    const taken = new Set<string>()
    return Object.entries(value).map(([key, member]) => element(member, ` N='${escaped(freeName(key, taken))}'`, depth))
  }

  return `<Objs Version='1.1.0.1' xmlns='http://schemas.microsoft.com/powershell/2004/04'>${element(value, '', 0)}</Objs>`
}

// The reader goes 50 deep.
const maxDepth = 40

function jsonOf(value: object): string {
  try {
    return JSON.stringify(value)
  } catch {
    // Thousands deep: nothing that means anything.
    return '...'
  }
}

// Members of an object differ by more than case in PowerShell, and each has a name.
function freeName(key: string, taken: Set<string>): string {
  let name = key === '' ? '_' : key
  while (taken.has(name.toLowerCase())) name += '_'
  taken.add(name.toLowerCase())
  return name
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\\': '&#92;',
}

// XML has no control characters: the format writes them as _xHHHH_, and an underscore that could begin such a thing too.
function escaped(text: string): string {
  return text
    .replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, inHex)
    .replace(/[&<>"'\\]/g, character => entities[character] ?? character)
}

function inHex(character: string): string {
  return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`
}
