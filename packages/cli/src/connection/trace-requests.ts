import { readApiBody } from '@connect-okta/core/api'
import { styled, type Terminal } from '../output/terminal.js'

// Allow lists. Everything else is masked, because the name of a new secret is not known yet.
const safeHeaders =
  /^(accept|allow|cache-control|connection|content-(encoding|length|type)|date|expires|keep-alive|link|location|pragma|retry-after|server|transfer-encoding|user-agent|vary|www-authenticate|x-(okta-request-id|rate-limit-\w+))$/
const safeFields =
  /^(grant_type|scope|client_id|redirect_uri|response_type|response_mode|client_assertion_type|code_challenge_method|prompt|token_type(_hint)?|expires_in|error|error_description|error_uri|interval|verification_uri|issuer|errorCode|errorSummary|limit|filter|search|q)$/

const mask = '***'
// A server may repeat an assertion or a proof in its message.
const signedToken = /(?<![\w-])eyJ[\w-]{4,}\.[\w-]{4,}(\.[\w-]*)?/g
const maxBodyBytes = 64 * 1024

/**
 * A `fetch` that prints requests and responses on stderr. Of headers, URLs and bodies it prints only values that are known to
 * be no secrets.
 */
export function tracingFetch(terminal: Terminal): typeof globalThis.fetch {
  // The secrets that were sent. A server may repeat them anywhere.
  const secrets = new Set<string>()
  function print(mark: string, text: string): void {
    let shown = text
    for (const secret of secrets) shown = shown.replaceAll(secret, mask)
    terminal.error(styled('dim', `${mark} ${shown.replace(signedToken, mask)}`))
  }
  return async (input, init) => {
    const request = new Request(input, init)
    for (const secret of secretsIn(request, init?.body)) {
      secrets.add(secret).add(encodeURIComponent(secret)).add(JSON.stringify(secret).slice(1, -1))
    }
    print('>', `${request.method} ${maskedUrl(request.url)}`)
    printHeaders('>', request)
    if (typeof init?.body === 'string' || init?.body instanceof URLSearchParams) {
      print('>', maskedBody(String(init.body), request.headers.get('content-type')))
    }
    const startedAt = terminal.io.monotonicNow()
    const response = await terminal.io.fetch(input, init)
    print('<', `${response.status} ${response.statusText} (${Math.round(terminal.io.monotonicNow() - startedAt)} ms)`)
    printHeaders('<', { headers: response.headers, url: request.url })
    await printResponse(response, maskedUrl(request.url))
    return response
  }

  function printHeaders(mark: string, { headers, url }: Pick<Request, 'headers' | 'url'>): void {
    for (const [name, value] of headers) {
      print(mark, `${name}: ${safeHeaders.test(name) ? shownHeader(name, value, url) : masked(name, value)}`)
    }
  }

  // Only of the authorization server: the command itself prints the responses of the API.
  async function printResponse(response: Response, url: string): Promise<void> {
    const type = response.headers.get('content-type')
    if (!/\/oauth2\//.test(url) || !/json/.test(type ?? '')) return
    const text = await startOf(response.clone())
    if (text !== '') print('<', maskedBody(text, type))
  }
}

// The limit is for an endless response. The caller of fetch has its own.
async function startOf({ body }: Response): Promise<string> {
  if (body === null) return ''
  const { start, rest } = await readApiBody(body, maxBodyBytes)
  // It settles when the caller has read the other branch of the clone.
  void rest?.cancel().catch(() => {})
  return start.toString()
}

// The scheme of an Authorization header is useful, and not a secret.
function masked(name: string, value: string): string {
  const [scheme = ''] = value.split(' ')
  return name === 'authorization' && scheme !== value ? `${scheme} ${mask}` : mask
}

function shownHeader(name: string, value: string, base: string): string {
  if (name === 'location') return maskedReference(value, base)
  if (name !== 'link') return value
  // RFC 8288 §3. Of the parameters, only the relation is shown.
  const links = [...value.matchAll(/<([^>]*)>([^<]*)/g)].map(([, target = '', parameters = '']) => {
    const relation = /;\s*(rel="?[\w-]{1,40}"?)/i.exec(parameters)?.[1]
    return `<${maskedReference(target, base)}>${relation === undefined ? '' : `; ${relation}`}`
  })
  return links.join(', ') || mask
}

// A reference may be relative (RFC 9110 §10.2.2). Only http and https URLs have a query with names.
function maskedReference(text: string, base: string): string {
  if (!URL.canParse(text, base)) return mask
  const url = new URL(text, base)
  return /^https?:$/.test(url.protocol) ? maskedUrl(url.href) : `${url.protocol}${mask}`
}

function maskedUrl(text: string): string {
  const url = new URL(text)
  for (const name of new Set(url.searchParams.keys())) {
    if (!safeFields.test(name)) url.searchParams.set(name, mask)
  }
  url.username = ''
  url.password = ''
  if (url.hash !== '') url.hash = mask
  return url.href
}

// Shorter values, such as a number, occur in other text by chance.
const minSecretLength = 8

function secretsIn({ headers, url }: Request, body: unknown): readonly string[] {
  const ofHeaders = [...headers].flatMap(([name, value]) => {
    if (safeHeaders.test(name)) return []
    return name === 'authorization' ? [value, value.replace(/^\S+ /, '')] : [value]
  })
  const form = body instanceof URLSearchParams ? body : new URLSearchParams(typeof body === 'string' ? body : '')
  const ofFields = [...new URL(url).searchParams, ...form].flatMap(([name, value]) =>
    safeFields.test(name) ? [] : [value],
  )
  return [...ofHeaders, ...ofFields].filter(value => value.length >= minSecretLength)
}

function maskedBody(text: string, type: string | null): string {
  if (/urlencoded/.test(type ?? '')) return maskedUrl(`http://x/?${text}`).slice('http://x/?'.length)
  try {
    return JSON.stringify(JSON.parse(text), (name, value) => {
      // A value without a name, such as a body that is one string, is masked too.
      return safeFields.test(name) || (isObject(value) && !isListOfValues(value)) ? value : mask
    })
  } catch {
    return `(${text.length} characters)`
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isListOfValues(value: object): boolean {
  return Array.isArray(value) && !value.every(isObject)
}
