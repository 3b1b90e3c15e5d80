/**
 * Writes what JSON describes as PowerShell's own serialization format. Its reader is in every engine and makes the same
 * objects in each, where `ConvertFrom-Json` makes other numbers in 5.1 than in 7 and dates of texts: whole numbers are
 * Int64, others Double, texts stay texts, lists are ArrayLists, objects PSCustomObjects.
 *
 * What comes out holds nothing that a JSON text would have to escape: whoever cuts it out of one has it whole.
 *
 * @see https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-psrp/
 */
export function toClixml(value: unknown): string {
  let references = 0

  function element(value: unknown, name: string): string {
    switch (typeof value) {
      case 'string':
        return `<S${name}>${escaped(value)}</S>`
      case 'boolean':
        return `<B${name}>${value}</B>`
      case 'number':
        return Number.isSafeInteger(value) ? `<I64${name}>${value}</I64>` : `<Db${name}>${value}</Db>`
      default:
        return value === null || value === undefined ? `<Nil${name} />` : structure(value, name)
    }
  }

  function structure(value: object, name: string): string {
    const reference = references++
    const content = Array.isArray(value)
      ? `<LST>${value.map(item => element(item, '')).join('')}</LST>`
      : `<MS>${membersOf(value).join('')}</MS>`
    return `<Obj${name} RefId='${reference}'>${content}</Obj>`
  }

  function membersOf(value: object): readonly string[] {
    const taken = new Set<string>()
    return Object.entries(value).map(([key, member]) => element(member, ` N='${escaped(freeName(key, taken))}'`))
  }

  return `<Objs Version='1.1.0.1' xmlns='http://schemas.microsoft.com/powershell/2004/04'>${element(value, '')}</Objs>`
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
