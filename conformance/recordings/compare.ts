import type { RawRequest, RawResponse } from '../support/raw-request.js'
import type { Fact, HeaderNames } from './fact.js'
import { shapeDifferences } from './shape.js'

// These depend on the connection, not on the operation.
const FRAMING = new Set(['Connection', 'Keep-Alive', 'Transfer-Encoding', 'Content-Length', 'Server'])

/** The headers with a value that has a recorded format. */
const FORMATS: Readonly<Record<string, RegExp>> = {
  'Content-Type': /^application\/json$/,
  'Cache-Control': /^no-cache, no-store$/,
  Pragma: /^no-cache$/,
  Expires: /^0$/,
  Etag: /^W\/"[0-9a-f]{64}"$/,
  'x-okta-request-id': /^[0-9a-f]{32}$/,
  'x-rate-limit-limit': /^\d+$/,
  'x-rate-limit-remaining': /^\d+$/,
  'x-rate-limit-reset': /^\d{10}$/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^SAMEORIGIN$/,
  'x-xss-protection': /^0$/,
  'X-Robots-Tag': /^noindex,nofollow$/,
  'referrer-policy': /^strict-origin-when-cross-origin$/,
  'Strict-Transport-Security': /^max-age=315360000; includeSubDomains$/,
}

/** Compares a response with the facts about its operation. Returns the differences. */
export function differencesOf(
  fact: Fact,
  headerNames: HeaderNames,
  request: RawRequest,
  response: RawResponse,
): readonly string[] {
  // Nothing else of a response with another status can be compared.
  if (response.status !== fact.status) return [`status is ${response.status}, recorded: ${fact.status}`]
  return [
    ...headerDifferences(fact, headerNames, response),
    ...linkDifferences(fact, request, response),
    ...bodyDifferences(fact, response),
    ...errorDifferences(fact, response),
  ]
}

function headerDifferences(
  fact: Fact,
  { always, sometimes }: HeaderNames,
  { headers }: RawResponse,
): readonly string[] {
  const required = [...always.split(' '), ...(fact.etag ? ['Etag'] : [])]
  const optional = [...sometimes.split(' '), 'Vary', ...(fact.links === undefined ? [] : ['Link'])]
  if (fact.headers.endsWith('of the token endpoint') && hasNonce(fact)) required.push('dpop-nonce')
  const names = [...new Set(headers.map(([name]) => name))].filter(name => !FRAMING.has(name))
  const wrong = headers.filter(([name, value]) => FORMATS[name]?.test(value) === false)
  return [
    ...required.filter(name => !names.includes(name)).map(name => `header ${name} is missing`),
    ...names.filter(name => ![...required, ...optional].includes(name)).map(name => `header ${name} is not recorded`),
    ...wrong.map(([name]) => `header ${name} has another value`),
  ]
}

/** Each response of the token endpoint has a nonce, except to a request without a proof. */
function hasNonce({ errors = [] }: Fact): boolean {
  return !errors.some(error => error.startsWith('invalid_dpop_proof'))
}

function linkDifferences({ links = [''], defaultLimit }: Fact, { path }: RawRequest, response: RawResponse) {
  const values = response.headers.filter(([name]) => name === 'Link').map(([, value]) => value)
  const relations = values.map(value => /; rel="(\w+)"$/.exec(value)?.[1] ?? value)
  const differences: string[] = []
  if (!links.includes(relations.join(' '))) differences.push(`links are [${relations}], recorded: [${links.join('|')}]`)
  const limit = new URLSearchParams(path.split('?')[1]).get('limit') ?? defaultLimit
  const ofSelf = /[?&]limit=(\d+)/.exec(values[0] ?? '')?.[1]
  if (relations[0] === 'self' && limit !== undefined && ofSelf !== String(limit)) {
    differences.push(`limit of the self link is ${ofSelf}, recorded: ${limit}`)
  }
  return differences
}

function bodyDifferences({ body }: Fact, { text, json }: RawResponse): readonly string[] {
  if (body === undefined) return text === '' ? [] : ['body is not empty']
  return json === undefined ? ['body is not JSON'] : shapeDifferences(body, json)
}

function errorDifferences({ errors, causes }: Fact, { json }: RawResponse): readonly string[] {
  if (errors === undefined) return []
  const { errorCode, errorSummary, errorId, errorCauses = [], error, error_description } = Object(json)
  const message = withoutNames(`${errorCode ?? error} ${errorSummary ?? error_description}`)
  const differences: string[] = []
  if (!errors.includes(message)) differences.push(`error is ${message}, recorded: ${errors.join(' | ')}`)
  if (errorId !== undefined && !/^oae[\w-]{22}$/.test(errorId)) differences.push('errorId has another format')
  for (const { errorSummary: cause } of errorCauses) {
    if (causes !== undefined && !causes.includes(withoutNames(cause))) {
      differences.push(`cause is ${withoutNames(cause)}, recorded: ${causes.join(' | ')}`)
    }
  }
  return differences
}

/** Replaces IDs and names, as in the facts. */
function withoutNames(text: string): string {
  return text
    .replace(/(?<=Resource not found: )\S+(?= \()/, 'ID')
    .replace(/\b(?=\w*\d)[0-9A-Za-z]{20}\b/g, 'ID')
    .replace(/'[^']*'(?= is not defined)/g, "'NAME'")
}
