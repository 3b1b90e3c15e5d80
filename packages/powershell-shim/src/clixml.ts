/**
 * Writes a JSON value as CLIXML, the serialization format of PowerShell. Whole numbers become Int64, other numbers Double,
 * arrays ArrayList, objects PSCustomObject. Values that are nested deeper than the reader accepts become JSON text. The result
 * contains no line breaks.
 *
 * Not JSON, because Windows PowerShell 5.1 and PowerShell 7 read the same JSON as different types (numbers, dates), and the
 * first use of the JSON cmdlets in a shell takes about 300 ms. `PSSerializer` is part of both engines. To remove this file, send
 * JSON and read it with `ConvertFrom-Json`, which gives the same types once 5.1 is no longer supported.
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
        // As in XML Schema.
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
    const used = new Set<string>()
    return Object.entries(value).map(([key, member]) =>
      element(member, ` N='${escaped(uniqueName(key, used))}'`, depth),
    )
  }

  return `<Objs Version='1.1.0.1' xmlns='http://schemas.microsoft.com/powershell/2004/04'>${element(value, '', 0)}</Objs>`
}

// The reader accepts 50 levels.
const maxDepth = 40

function jsonOf(value: object): string {
  try {
    return JSON.stringify(value)
  } catch {
    // `JSON.stringify` fails at thousands of levels.
    return '...'
  }
}

// PowerShell compares names without case, and accepts no empty ones.
function uniqueName(key: string, used: Set<string>): string {
  let name = key === '' ? '_' : key
  while (used.has(name.toLowerCase())) name += '_'
  used.add(name.toLowerCase())
  return name
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
}

// The format writes characters that XML does not allow as _xHHHH_, and an underscore before such text too.
function escaped(text: string): string {
  return text
    .replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, inHex)
    .replace(/[&<>']/g, character => entities[character] ?? character)
}

function inHex(character: string): string {
  return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`
}
