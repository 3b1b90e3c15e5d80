import { isUtf8 } from 'node:buffer'
import { createPrivateKey } from 'node:crypto'
import type { OktaConnectError } from '../../errors.js'
import { decodeText } from '../../files/decode-text.js'
import { undefinedIfThrows } from '../../files/undefined-if-throws.js'
import { findDerKey } from './der.js'
import { findPems } from './pem.js'
import { plainText } from './plain-text.js'
import { privateKeyInvalid } from './private-key-invalid.js'
import { unusableText } from './unusable-formats.js'

/** A key that was found in a text. */
export type FoundKey =
  /** A JWK or a set of them (JWKS), not validated. */
  | { readonly form: 'jwk'; readonly jwk: object }
  /** A private key as PEM, in the form that OpenSSL writes. */
  | { readonly form: 'pem'; readonly pem: string; readonly isEncrypted: boolean }
  /** A known format that is no private key, or that cannot be read. */
  | { readonly form: 'unusable'; readonly error: OktaConnectError; readonly isAmbiguous?: boolean }

// A secret of a vault is JSON in JSON in Base64.
const maxLayers = 8
// More values than the largest answer of a vault has.
const maxValues = 2000
// Of a text that is not JSON as a whole.
const maxObjects = 50

interface Limits {
  readonly layers: number
  readonly values: { left: number }
}

/**
 * Finds the private key in a text from a variable, a file, a vault or a clipboard: a JWK, a JWKS or PEM, in quotes, with escaped,
 * changed or lost line ends, with other blocks around it, as Base64, or as a value of a JSON object.
 *
 * @returns `undefined` for a text in no known format, such as a path.
 */
export function findKey(text: string): FoundKey | undefined {
  return search(text, { layers: maxLayers, values: { left: maxValues } })
}

/** As {@link findKey}, for a value that was parsed from JSON: a JWK, a JWKS, or an object with one. */
export function findKeyInValue(value: object): FoundKey | undefined {
  return searchValue(value, { layers: maxLayers, values: { left: maxValues } })
}

function search(text: string, { layers, values }: Limits): FoundKey | undefined {
  if (layers === 0 || values.left-- <= 0) return undefined
  const within = { layers: layers - 1, values }
  const plain = plainText(text)
  // Together, because one of them may be the key and the other its public part.
  const direct = onlyKey([searchJson(plain, within), searchPem(plain, within)].filter(found => found !== undefined))
  if (direct !== undefined && (isPrivate(direct) || (direct.form === 'unusable' && direct.isAmbiguous))) return direct
  const encoded = otherFormat(plain) ?? searchEncoded(plain, within)
  return encoded !== undefined && isPrivate(encoded) ? encoded : (direct ?? encoded)
}

/** Returns the only private key, or if there is none, the first thing that is none. The same key in two formats is one. */
function onlyKey(found: readonly FoundKey[]): FoundKey | undefined {
  const ambiguous = found.find(one => one.form === 'unusable' && one.isAmbiguous)
  if (ambiguous !== undefined) return ambiguous
  const keys = found.filter(isPrivate)
  const count = new Set(keys.map(identityOf)).size
  if (count <= 1) return keys[0] ?? found[0]
  const error = privateKeyInvalid(`The client key contains ${count} private keys.`, 'Keep only the key of the app.')
  return { form: 'unusable', error, isAmbiguous: true }
}

function isPrivate(found: FoundKey): boolean {
  return found.form === 'pem' || (found.form === 'jwk' && ('keys' in found.jwk || hasPrivatePart(found.jwk)))
}

function identityOf(found: FoundKey): unknown {
  if (found.form === 'unusable') return found
  const jwk = found.form === 'pem' ? jwkOf(found.pem) : (found.jwk as Record<string, unknown>)
  return jwk?.n ?? jwk?.x ?? (found.form === 'pem' ? found.pem : found)
}

function jwkOf(pem: string): Record<string, unknown> | undefined {
  return undefinedIfThrows(() => createPrivateKey(pem).export({ format: 'jwk' }) as Record<string, unknown>)
}

function searchPem(text: string, limits: Limits): FoundKey | undefined {
  const found = onlyKey(findPems(text))
  if (found === undefined || isPrivate(found)) return found
  // certutil of Windows writes the lines of a certificate around any file.
  const [, content = ''] = /^-----BEGIN CERTIFICATE-----([^-]*)-----END/.exec(text) ?? []
  return (content && searchBase64(content, limits)) || found
}

function searchJson(text: string, limits: Limits): FoundKey | undefined {
  const value = parseJson(text)
  const found = typeof value === 'object' ? searchValue(value, limits) : undefined
  if (found !== undefined || !text.startsWith('{')) return found
  return unusable(value === undefined ? incompleteJson() : noKeyInJson())
}

function incompleteJson(): OktaConnectError {
  return privateKeyInvalid('The client key is incomplete JSON.', 'Copy it again, from the first { to the last }.')
}

/** The error for JSON in which there is no key. */
export function noKeyInJson(): OktaConnectError {
  return privateKeyInvalid(
    'The JSON of the client key contains no key.',
    'Use the private key: JSON with "kty", or PEM.',
  )
}

// The name of a variable can come before the first bracket. If the whole text is not JSON, each object is parsed by itself.
function parseJson(text: string): unknown {
  const begin = text.search(/[{[]/)
  const end = Math.max(text.lastIndexOf('}'), text.lastIndexOf(']'))
  if (begin === -1 || end < begin) return undefined
  const json = text.slice(begin, end + 1)
  const whole = parseRelaxed(json)
  if (whole !== undefined) return whole
  const objects = (json.match(/\{[^{}]*\}/g) ?? []).slice(0, maxObjects).map(parseRelaxed).filter(isJwk)
  return objects.length === 0 ? undefined : { keys: objects }
}

function parseRelaxed(json: string): unknown {
  for (const change of [unchanged, joinedLines, unescaped, fromSpreadsheet, fromSource]) {
    // The message of the parser contains the text.
    const value = undefinedIfThrows(() => JSON.parse(change(json)) as unknown)
    if (value !== undefined) return value
  }
  return undefined
}

const unchanged = (json: string) => json
// A terminal or an editor wraps long lines, also inside a value.
const joinedLines = (json: string) => json.replace(/[ \t]{0,100}(?:[\r\n]|\\{1,8}[rn])[ \t]{0,100}/g, '')
const unescaped = (json: string) => joinedLines(json.replace(/\\{1,8}"/g, '"'))
const fromSpreadsheet = (json: string) => joinedLines(json.replaceAll('""', '"'))
// An object of JavaScript or Python: other quotes, names without quotes, comments, a comma at the end.
const fromSource = (json: string) =>
  joinedLines(json.replace(/^[ \t]{0,100}(\/\/|#).*$/gm, '').replaceAll("'", '"'))
    .replace(/([{,]\s*)(\w+)\s*:/g, '$1"$2":')
    .replace(/,\s*([}\]])/g, '$1')

function searchValue(value: unknown, limits: Limits): FoundKey | undefined {
  if (typeof value === 'string') return search(value, limits)
  if (typeof value !== 'object' || value === null || limits.layers === 0 || limits.values.left-- <= 0) return undefined
  // The lines of a file, as PowerShell reads it.
  if (Array.isArray(value) && value.every(line => typeof line === 'string')) return search(value.join('\n'), limits)
  if (Array.isArray(value) && value.length > 0 && value.every(isJwk)) return { form: 'jwk', jwk: { keys: value } }
  if (isJwk(value)) return { form: 'jwk', jwk: value }
  const within = { ...limits, layers: limits.layers - 1 }
  const { keys, ...others } = isSet(value) ? value : { ...value, keys: undefined }
  const found = Object.values(keys === undefined ? value : others).flatMap(inner => searchValue(inner, within) ?? [])
  return onlyKey(keys === undefined ? found : [{ form: 'jwk', jwk: { keys } }, ...found])
}

function isJwk(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kty' in value && typeof value.kty === 'string'
}

function hasPrivatePart(jwk: object): boolean {
  return 'd' in jwk && jwk.d !== null
}

function isSet(value: object): value is { readonly keys: unknown } {
  return 'keys' in value && Array.isArray(value.keys) && (value.keys.length === 0 || value.keys.some(isJwk))
}

function otherFormat(text: string): FoundKey | undefined {
  const error = unusableText(text)
  return error && unusable(error)
}

// After a variable name, or in percent-encoding, hexadecimal or Base64.
function searchEncoded(text: string, limits: Limits): FoundKey | undefined {
  const value = /^(export +)?[a-z_][\w.-]*["']? *[=:] *([|>][+-]?\s+)?(?<value>["'\w+/-].*)$/is.exec(text)?.groups
    ?.value
  const found = value === undefined ? undefined : search(value, limits)
  if (found !== undefined) return found
  if (/%(0A|20|22|2B|3D|7B)/i.test(text)) return search(percentDecoded(text), limits)
  return searchBase64(text, limits)
}

function searchBase64(text: string, limits: Limits): FoundKey | undefined {
  const digits = text.replace(/^data:[^,]{0,100};base64,/i, '').replace(/\s|\\{1,8}[rn]/g, '')
  const isHex = /^(3082|2d2d2d)[0-9a-f]{40,}$/i.test(digits)
  if (!isHex && !/^[A-Za-z0-9+/_-]{40,}={0,2}$/.test(digits)) return undefined
  const bytes = Buffer.from(digits, isHex ? 'hex' : 'base64')
  // Other bytes, such as those of a long path, may begin like JSON.
  const isText = isUtf8(bytes) || bytes.includes(0)
  return findDerKey(bytes) ?? (isText ? search(decodeText(bytes), limits) : undefined)
}

function percentDecoded(text: string): string {
  return text.replace(/(%[0-9a-f]{2})+/gi, encoded => Buffer.from(encoded.replaceAll('%', ''), 'hex').toString())
}

function unusable(error: OktaConnectError): FoundKey {
  return { form: 'unusable', error }
}
