import { OktaConnectError } from '@connect-okta/core'
import { stringify } from 'lossless-json'

/**
 * Writes a JSON value as CLIXML, the serialization format of PowerShell. Whole numbers become Int64, or Decimal if they are
 * larger, other numbers Double, times DateTime in UTC except in a `profile`, arrays ArrayList, objects PSCustomObject. Values that are nested deeper
 * than the reader accepts become JSON text. The result contains no line breaks.
 *
 * Not JSON, because Windows PowerShell 5.1 and PowerShell 7 read the same JSON as different types (numbers, dates), and the
 * first use of the JSON cmdlets in a shell takes about 300 ms. `PSSerializer` is part of both engines. To remove this file, send
 * JSON and read it with `ConvertFrom-Json`, which gives the same types once 5.1 is no longer supported.
 *
 * @throws {@link OktaConnectError} `server_failed` for a value that PowerShell has no type for
 * @see https://learn.microsoft.com/en-us/openspecs/windows_protocols/ms-psrp/
 */
export function toClixml(value: unknown): string {
  const content = new ClixmlWriter().element(value, '', 0, true)
  return `<Objs Version='1.1.0.1' xmlns='http://schemas.microsoft.com/powershell/2004/04'>${content}</Objs>`
}

// Strings are concatenated, because lists of millions of parts take twice as long. The objects of a list have the same names, which
// are checked and escaped once.
class ClixmlWriter {
  readonly #checkedNames = new Set<string>()
  readonly #attributes = new Map<string, string>()

  element(value: unknown, name: string, depth: number, hasTimes: boolean): string {
    switch (typeof value) {
      case 'string':
        return hasTimes && isTime(value) ? dateTime(value, name) : `<S${name}>${escaped(value)}</S>`
      case 'boolean':
        return `<B${name}>${value}</B>`
      case 'number':
        if (!Number.isFinite(value)) throw notRepresentable('a number that is too large')
        if (Number.isSafeInteger(value)) return `<I64${name}>${value}</I64>`
        return `<Db${name}>${value}</Db>`
      case 'bigint':
        return bigInteger(value, name)
      default:
        if (value === null || value === undefined) return `<Nil${name} />`
        if (depth === maxDepth) return `<S${name}>${escaped(jsonOf(value))}</S>`
        return this.#structure(value, name, depth + 1, hasTimes)
    }
  }

  // Without the attribute RefId, which is for objects that occur twice: the reader takes half of the time.
  #structure(value: object, name: string, depth: number, hasTimes: boolean): string {
    if (Array.isArray(value)) {
      let items = ''
      for (const item of value) items += this.element(item, '', depth, hasTimes)
      return `<Obj${name}><LST>${items}</LST></Obj>`
    }
    this.#checkNames(Object.keys(value))
    let members = ''
    for (const [key, member] of Object.entries(value)) {
      // The values of a profile are text, and are sent back as they are.
      members += this.element(member, this.#attribute(key), depth, hasTimes && key !== 'profile')
    }
    return `<Obj${name}><MS>${members}</MS></Obj>`
  }

  #checkNames(names: readonly string[]): void {
    const all = names.join('\n')
    if (this.#checkedNames.has(all)) return
    requireOwnNames(names)
    this.#checkedNames.add(all)
  }

  #attribute(key: string): string {
    const known = this.#attributes.get(key)
    if (known !== undefined) return known
    const attribute = ` N='${escaped(key)}'`
    this.#attributes.set(key, attribute)
    return attribute
  }
}

// The reader accepts 50 levels.
const maxDepth = 40

function jsonOf(value: object): string {
  try {
    return stringify(value) ?? ''
  } catch {
    // It fails at thousands of levels.
    return '...'
  }
}

// PowerShell compares names without case, and accepts no empty ones.
function requireOwnNames(names: readonly string[]): void {
  if (names.includes('')) throw notRepresentable('a property without a name')
  if (new Set(names.map(name => name.toLowerCase())).size === names.length) return
  const again = names.find((name, index) => names.slice(0, index).some(one => one.toLowerCase() === name.toLowerCase()))
  const first = names.find(name => name.toLowerCase() === again?.toLowerCase())
  throw notRepresentable(`properties that differ only in case (${first} and ${again})`)
}

function notRepresentable(what: string): OktaConnectError {
  return new OktaConnectError('server_failed', `The response has ${what}, which PowerShell objects cannot represent.`, {
    hint: 'Save the response unchanged with -OutFile.',
  })
}

const maxInt64 = 2n ** 63n
const maxDecimal = 2n ** 96n

function bigInteger(value: bigint, name: string): string {
  if (value >= -maxInt64 && value < maxInt64) return `<I64${name}>${value}</I64>`
  if (value > -maxDecimal && value < maxDecimal) return `<D${name}>${value}</D>`
  throw notRepresentable('a whole number of more than 28 digits')
}

// RFC 3339 §5.6, from the year 1000 on.
const time =
  /^[1-9]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/

function isTime(text: string): boolean {
  if (text[10] !== 'T' || !time.test(text)) return false
  const day = text.slice(0, 10)
  // 31 April, for example, is not in the calendar.
  return day.slice(8) <= '28' || new Date(day).toISOString().startsWith(day)
}

function dateTime(text: string, name: string): string {
  // DateTime has seven decimals.
  const utc = text.endsWith('Z') ? text.replace(/(\.\d{7})\d+Z$/, '$1Z') : new Date(text).toISOString()
  // An offset can lead to the year 10000.
  return utc.length > 28 ? `<S${name}>${text}</S>` : `<DT${name}>${utc}</DT>`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: XML does not allow them. Without \p{…}, which is slower.
const special = /[&<>'_\u0000-\u001f\u007f-\u009f\ud800-\udfff\ufffe\uffff]/

// The format writes characters that XML does not allow as _xHHHH_, and an underscore before such text too.
function escaped(text: string): string {
  if (!special.test(text)) return text
  return text
    .replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff]/gu, inHex)
    .replace(/[&<>']/g, character => entities[character] ?? character)
}

function inHex(character: string): string {
  return `_x${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}_`
}
