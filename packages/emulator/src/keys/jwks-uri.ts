import type { JWK } from 'jose'

const TIMEOUT_MS = 5000
const MAX_BYTES = 256 * 1024
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/

/** The rule that {@link isJwksUri} checks, for error messages. */
export const JWKS_URI_RULE = 'must be an https URL, or an http URL on this machine'

/** Whether the keys of an app can be at this URL: `https`, or `http` on this machine. */
export function isJwksUri(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.test(hostname))
}

/**
 * Fetches a JWKS (RFC 7517 §5) without following redirects. Node trusts the certificates of `NODE_EXTRA_CA_CERTS` too.
 *
 * @throws {Error} when there is no JWKS of at most 256 KiB at the URL, or it takes longer than 5 s
 */
export async function fetchJwks(url: string): Promise<readonly JWK[]> {
  const response = await fetch(url, {
    headers: { accept: 'application/jwk-set+json, application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  })
  if (!response.ok) throw new Error(`The status is ${response.status}.`)
  const { keys } = JSON.parse(await readText(response))
  if (!Array.isArray(keys) || !keys.every(key => typeof key === 'object' && key !== null)) {
    throw new Error('The response is not a JWKS.')
  }
  return keys
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > MAX_BYTES) throw new Error('The response is too large.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
