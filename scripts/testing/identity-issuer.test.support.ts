import { generateKeyPairSync, type JsonWebKey, type KeyObject, randomUUID, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A claim of `undefined` is left out of the token. */
export type Claims = Readonly<Record<string, unknown>>

export interface KeyPair {
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
}

/**
 * What is wrong with the response of an issuer.
 *
 * - `down`: the connection is closed without a response
 * - `unavailable`: status 503
 * - `slow`: the connection stays open without a response
 * - `wrong_issuer`: the `issuer` of the metadata is another one
 * - `huge`: a JSON body of 32 MiB
 * - `redirect`: status 302 to an address with the correct response
 * - `not_json`: status 200 with an HTML page
 */
export type IssuerFault = 'down' | 'unavailable' | 'slow' | 'wrong_issuer' | 'huge' | 'redirect' | 'not_json'

export interface IdentityIssuerOptions {
  /** The path of the issuer, such as `/org/1`. Default: none. */
  readonly path?: string
  /**
   * The origin of the issuer, if a proxy leads from it to {@link IdentityIssuer.port}. Default: the address that the server
   * listens on.
   */
  readonly origin?: string
  /** The path of the key set below the issuer. */
  readonly keysPath?: string
  /** Changes the key set before it is sent. */
  readonly formatKeys?: (jwks: { keys: JsonWebKey[] }) => unknown
  /** PEM texts, to serve HTTPS. */
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Returns the keys of the issuer, one for each rotation. Default: generates P-256 keys. */
  readonly newKey?: () => KeyPair
  /** In milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number
  /** Answers the requests to all other paths. Default: 404. */
  readonly answer?: (request: IdentityRequest) => IdentityResponse | undefined
}

export interface IdentityRequest {
  readonly method: string
  readonly url: URL
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

export interface IdentityResponse {
  readonly status: number
  /** Sent as JSON. */
  readonly body: unknown
}

/** An issuer of OpenID Connect ID tokens for workloads, on a real port of this machine. */
export interface IdentityIssuer extends AsyncDisposable {
  /** The value of `iss`. */
  readonly issuer: string
  readonly port: number
  /** The paths of all requests, in order. */
  readonly requests: readonly string[]
  /** Can be set and deleted at any time. */
  readonly faults: { discovery?: IssuerFault; keys?: IssuerFault }
  /** The header of the key set. Default: `public, max-age=3600`. */
  cacheControl: string
  /** The public keys that are published. */
  jwks(): { keys: JsonWebKey[] }
  /**
   * Signs a token with the newest key. Default claims: `iss`, `iat`, `nbf`, an `exp` in five minutes, and a random `jti`.
   *
   * @param header replaces members of the header; `undefined` removes one
   */
  sign(claims: Claims, header?: Claims): string
  /**
   * Creates a key with another kid, and signs with it from now on.
   *
   * @param options.publish whether the key is in the key set at once. Default: true
   * @param options.retire whether the previous keys are removed from the key set. Default: false
   */
  rotate(options?: { publish?: boolean; retire?: boolean }): void
  close(): Promise<void>
}

interface SigningKey extends KeyPair {
  readonly kid: string
  readonly alg: 'ES256' | 'RS256'
}

/** Starts an {@link IdentityIssuer}. */
export async function startIdentityIssuer(options: IdentityIssuerOptions = {}): Promise<IdentityIssuer> {
  const { path = '', keysPath = '/.well-known/jwks', newKey = newEcKey, now = Date.now, answer } = options
  const { formatKeys = (keys: unknown) => keys } = options
  const requests: string[] = []
  const respond = (request: IncomingMessage, response: ServerResponse) => {
    requests.push(request.url ?? '')
    void handle(request, response)
  }
  const server = options.tls === undefined ? createServer(respond) : createTlsServer(options.tls, respond)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const origin = options.origin ?? `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`
  const issuer = `${origin}${path}`

  let current = signingKey(newKey())
  let published = [current]
  const faults: IdentityIssuer['faults'] = {}
  const jwks = () => ({ keys: published.map(publicJwk) })

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', origin)
    const asRedirected = url.searchParams.has('redirected')
    if (url.pathname === `${path}/.well-known/openid-configuration`) {
      const fault = asRedirected ? undefined : faults.discovery
      const named = fault === 'wrong_issuer' ? `${origin}/another-issuer` : issuer
      send(response, fault, { issuer: named, jwks_uri: `${issuer}${keysPath}`, ...metadata }, {}, url)
    } else if (url.pathname === `${path}${keysPath}`) {
      const headers = { 'cache-control': self.cacheControl }
      send(response, asRedirected ? undefined : faults.keys, formatKeys(jwks()), headers, url)
    } else {
      const { method = 'GET', headers } = request
      const given = answer?.({ method, url, headers, body: await text(request) })
      sendJson(response, given?.status ?? 404, given?.body ?? { error: 'not found' })
    }
  }

  const self: IdentityIssuer = {
    issuer,
    port,
    requests,
    faults,
    cacheControl: 'public, max-age=3600',
    jwks,
    sign(claims, header = {}) {
      const iat = Math.floor(now() / 1000)
      const times = { iat, nbf: iat, exp: iat + 300 }
      return signToken(current, { iss: issuer, ...times, jti: randomUUID(), ...claims }, header)
    },
    rotate({ publish = true, retire = false } = {}) {
      current = signingKey(newKey())
      published = [...(retire ? [] : published), ...(publish ? [current] : [])]
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
    [Symbol.asyncDispose]: () => self.close(),
  }
  return self
}

const metadata = {
  response_types_supported: ['id_token'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256', 'ES256'],
}

function newEcKey(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}

function signingKey({ privateKey, publicKey }: KeyPair): SigningKey {
  const alg = privateKey.asymmetricKeyType === 'rsa' ? 'RS256' : 'ES256'
  return { privateKey, publicKey, alg, kid: randomUUID() }
}

function publicJwk({ publicKey, kid, alg }: SigningKey): JsonWebKey {
  return { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' }
}

function signToken({ privateKey, kid, alg }: SigningKey, claims: Claims, header: Claims): string {
  const parts = [{ typ: 'JWT', alg, kid, ...header }, claims]
  const signed = parts.map(part => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
  const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return `${signed}.${signature.toString('base64url')}`
}

function send(
  response: ServerResponse,
  fault: IssuerFault | undefined,
  body: unknown,
  headers: Readonly<Record<string, string>>,
  url: URL,
): void {
  switch (fault) {
    case 'down':
      response.destroy()
      return
    case 'unavailable':
      sendJson(response, 503, { error: 'temporarily unavailable' })
      return
    case 'slow':
      return
    case 'huge':
      sendJson(response, 200, { ...(body as object), padding: 'x'.repeat(32 * 1024 * 1024) })
      return
    case 'redirect':
      response.writeHead(302, { location: `${url.pathname}?redirected` }).end()
      return
    case 'not_json':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Sign in</title>')
      return
    default:
      sendJson(response, 200, body, headers)
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
