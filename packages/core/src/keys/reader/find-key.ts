import type { OktaConnectError } from '../../errors.js'
import { decodeText } from '../../files/decode-text.js'
import { findDerKey } from './der.js'
import { findPem } from './pem.js'
import { privateKeyInvalid } from './private-key-invalid.js'
import { unusableText } from './unusable-formats.js'

/** A key that was found in a text. */
export type FoundKey =
  /** A JWK or a set of them (JWKS), not validated. */
  | { readonly form: 'jwk'; readonly jwk: object }
  /** A private key as PEM, in the form that OpenSSL writes. */
  | { readonly form: 'pem'; readonly pem: string; readonly isEncrypted: boolean }
  /** A known format that is no private key, or that cannot be read. */
  | { readonly form: 'unusable'; readonly error: OktaConnectError }

// A secret of a vault is JSON in JSON in Base64.
const maxLayers = 8
// More values than the largest answer of a vault has.
const maxValues = 2000

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
  const plain = withoutQuotes(text)
  return searchJson(plain, within) ?? findPem(plain) ?? otherFormat(plain) ?? searchEncoded(plain, within)
}

// UTF-16 that was decoded as UTF-8 has a zero after each character.
function withoutQuotes(text: string): string {
  const plain = text.replace(/^[\uFEFF\uFFFD]+|\0/g, '').trim()
  return /^(["'`])(?<inner>.*)\1$/s.exec(plain)?.groups?.inner?.trim() ?? plain
}

function searchJson(text: string, limits: Limits): FoundKey | undefined {
  const value = parseJson(text)
  const found = typeof value === 'object' ? searchValue(value, limits) : undefined
  if (found !== undefined || !text.startsWith('{') || /-BEGIN /.test(text)) return found
  return unusable(value === undefined ? incompleteJson() : noKeyInJson())
}

function incompleteJson(): OktaConnectError {
  return privateKeyInvalid('The client key is not complete JSON.', 'Copy it again, from the first { to the last }.')
}

/** The error for JSON in which there is no key. */
export function noKeyInJson(): OktaConnectError {
  return privateKeyInvalid(
    'The JSON of the client key contains no key.',
    'Use the private key: JSON with "kty", or PEM.',
  )
}

// From the first bracket to the last one: before it may be the name of a variable, and around it quotes.
function parseJson(text: string): unknown {
  const [json] = /[{[].*[}\]]/s.exec(text) ?? []
  if (json === undefined) return undefined
  for (const change of [unchanged, joinedLines, unescaped, doubleQuoted]) {
    try {
      return JSON.parse(change(json))
    } catch {
      // The message of the parser contains the text.
    }
  }
  return undefined
}

const unchanged = (json: string) => json
// A terminal or an editor wraps long lines, also inside a value.
const joinedLines = (json: string) => json.replace(/[ \t]*(?:[\r\n]|\\+[rn])[ \t]*/g, '')
const unescaped = (json: string) => joinedLines(json.replace(/\\+"/g, '"'))
const doubleQuoted = (json: string) => joinedLines(json.replaceAll("'", '"'))

function searchValue(value: unknown, limits: Limits): FoundKey | undefined {
  if (typeof value === 'string') return search(value, limits)
  if (typeof value !== 'object' || value === null || limits.layers === 0 || limits.values.left-- <= 0) return undefined
  // The lines of a file, as PowerShell reads it.
  if (Array.isArray(value) && value.every(line => typeof line === 'string')) return search(value.join('\n'), limits)
  if (Array.isArray(value) && value.some(isJwk)) return { form: 'jwk', jwk: { keys: value } }
  if (isJwk(value) || isSet(value)) return { form: 'jwk', jwk: value }
  const within = { ...limits, layers: limits.layers - 1 }
  const found = Object.values(value).flatMap(inner => searchValue(inner, within) ?? [])
  const [only, ...others] = found.filter(isPrivate)
  if (others.length === 0) return only ?? found[0]
  return unusable(
    privateKeyInvalid(`The JSON of the client key has ${others.length + 1} keys.`, 'Leave only the one of the app.'),
  )
}

function isPrivate(found: FoundKey): boolean {
  return found.form === 'pem' || (found.form === 'jwk' && ('keys' in found.jwk || 'd' in found.jwk))
}

function isJwk(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'kty' in value && typeof value.kty === 'string'
}

function isSet(value: object): boolean {
  return 'keys' in value && Array.isArray(value.keys) && (value.keys.length === 0 || value.keys.some(isJwk))
}

function otherFormat(text: string): FoundKey | undefined {
  const error = unusableText(text)
  return error && unusable(error)
}

// Behind the name of a variable, percent-encoded, or in Base64.
function searchEncoded(text: string, limits: Limits): FoundKey | undefined {
  const value = /^(export +)?[a-z_][\w.-]*["']? *[=:] *([|>][+-]?\s+)?(?<value>["'\w+/-].*)$/is.exec(text)?.groups
    ?.value
  const found = value === undefined ? undefined : search(value, limits)
  if (found !== undefined) return found
  if (/%(0A|20|22|2B|3D|7B)/i.test(text)) return search(percentDecoded(text), limits)
  const base64 = text.replace(/^data:[^,]{0,100};base64,/i, '').replace(/\s|\\+[rn]/g, '')
  if (!/^[A-Za-z0-9+/_-]{40,}={0,2}$/.test(base64)) return undefined
  const bytes = Buffer.from(base64, 'base64')
  return findDerKey(bytes) ?? search(decodeText(bytes), limits)
}

function percentDecoded(text: string): string {
  return text.replace(/(%[0-9a-f]{2})+/gi, encoded => Buffer.from(encoded.replaceAll('%', ''), 'hex').toString())
}

function unusable(error: OktaConnectError): FoundKey {
  return { form: 'unusable', error }
}
