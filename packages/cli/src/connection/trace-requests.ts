import { readApiBody } from '@connect-okta/core/api'
import { styled, type Terminal } from '../output/terminal.js'

// What is shown as it is. Whatever is not known to be harmless is masked: a new secret has no name yet.
const harmlessHeaders =
  /^(accept|allow|cache-control|connection|content-(encoding|length|type)|date|expires|keep-alive|link|location|pragma|retry-after|server|transfer-encoding|user-agent|vary|www-authenticate|x-(okta-request-id|rate-limit-\w+))$/
const harmlessFields =
  /^(grant_type|scope|client_id|redirect_uri|response_type|response_mode|client_assertion_type|code_challenge_method|prompt|token_type(_hint)?|expires_in|error|error_description|error_uri|interval|verification_uri|issuer|errorCode|errorSummary|limit|filter|search|q)$/

const mask = '***'
// A server may repeat an assertion or a proof in its message.
const signedToken = /(?<![\w-])eyJ[\w-]{4,}\.[\w-]{4,}(\.[\w-]*)?/g
const maxBodyBytes = 64 * 1024

/**
 * As the `fetch` that is used by default, which tells on stderr what is sent and what comes back. No secret is shown: of
 * headers, addresses and bodies only what is known to be none.
 */
export function tracingFetch(terminal: Terminal): typeof globalThis.fetch {
  // What was sent as a secret. A server may repeat it anywhere.
  const secrets = new Set<string>()
  function tell(mark: string, text: string): void {
    let shown = text
    for (const secret of secrets) shown = shown.replaceAll(secret, mask)
    terminal.error(styled('dim', `${mark} ${shown.replace(signedToken, mask)}`))
  }
  return async (input, init) => {
    const request = new Request(input, init)
    for (const secret of secretsIn(request, init?.body)) {
      secrets.add(secret).add(encodeURIComponent(secret)).add(JSON.stringify(secret).slice(1, -1))
    }
    tell('>', `${request.method} ${maskedUrl(request.url)}`)
    tellHeaders('>', request)
    if (typeof init?.body === 'string' || init?.body instanceof URLSearchParams) {
      tell('>', maskedBody(String(init.body), request.headers.get('content-type')))
    }
    const startedAt = terminal.io.monotonicNow()
    const response = await terminal.io.fetch(input, init)
    tell('<', `${response.status} ${response.statusText} (${Math.round(terminal.io.monotonicNow() - startedAt)} ms)`)
    tellHeaders('<', { headers: response.headers, url: request.url })
    await tellAnswer(response, maskedUrl(request.url))
    return response
  }

  function tellHeaders(mark: string, { headers, url }: Pick<Request, 'headers' | 'url'>): void {
    for (const [name, value] of headers) {
      tell(mark, `${name}: ${harmlessHeaders.test(name) ? shownHeader(name, value, url) : masked(name, value)}`)
    }
  }

  // Of the API's answers the command itself shows what is wanted; those of the authorization server nobody sees else.
  async function tellAnswer(response: Response, url: string): Promise<void> {
    const type = response.headers.get('content-type')
    if (!/\/oauth2\//.test(url) || !/json/.test(type ?? '')) return
    const text = await beginningOf(response.clone())
    if (text !== '') tell('<', maskedBody(text, type))
  }
}

// An answer without end is none of an authorization server; whoever asked finds out.
async function beginningOf({ body }: Response): Promise<string> {
  if (body === null) return ''
  const { start, rest } = await readApiBody(body, maxBodyBytes)
  // That ends only when the other reader of the answer ends too.
  void rest?.cancel().catch(() => {})
  return start.toString()
}

// The scheme of an Authorization header tells a lot, and is no secret.
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

// A reference may be relative (RFC 9110 §10.2.2). Only the query of http and https has names to look at.
function maskedReference(text: string, base: string): string {
  if (!URL.canParse(text, base)) return mask
  const url = new URL(text, base)
  return /^https?:$/.test(url.protocol) ? maskedUrl(url.href) : `${url.protocol}${mask}`
}

function maskedUrl(text: string): string {
  const url = new URL(text)
  for (const name of new Set(url.searchParams.keys())) {
    if (!harmlessFields.test(name)) url.searchParams.set(name, mask)
  }
  url.username = ''
  url.password = ''
  if (url.hash !== '') url.hash = mask
  return url.href
}

// Shorter values, such as a number, stand in other texts by chance.
const minSecretLength = 8

function secretsIn({ headers, url }: Request, body: unknown): readonly string[] {
  const ofHeaders = [...headers].flatMap(([name, value]) => {
    if (harmlessHeaders.test(name)) return []
    return name === 'authorization' ? [value, value.replace(/^\S+ /, '')] : [value]
  })
  const form = body instanceof URLSearchParams ? body : new URLSearchParams(typeof body === 'string' ? body : '')
  const ofFields = [...new URL(url).searchParams, ...form].flatMap(([name, value]) =>
    harmlessFields.test(name) ? [] : [value],
  )
  return [...ofHeaders, ...ofFields].filter(value => value.length >= minSecretLength)
}

function maskedBody(text: string, type: string | null): string {
  if (/urlencoded/.test(type ?? '')) return maskedUrl(`http://x/?${text}`).slice('http://x/?'.length)
  try {
    return JSON.stringify(JSON.parse(text), (name, value) => {
      // What has no name, such as a text that is the whole body, is not known to be harmless.
      return harmlessFields.test(name) || (isObject(value) && !isListOfTexts(value)) ? value : mask
    })
  } catch {
    return `(${text.length} characters)`
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function isListOfTexts(value: object): boolean {
  return Array.isArray(value) && !value.every(isObject)
}
