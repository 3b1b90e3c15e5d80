import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type JWTPayload, SignJWT } from 'jose'

/** An issuer of identity tokens on this machine, whose answers a test can change. */
export interface TestIssuer extends AsyncDisposable {
  readonly url: string
  /** The paths of the requests. */
  readonly requests: string[]
  /** The headers of the response with the keys. */
  readonly headers: Record<string, string>
  /** Replaces the responses by their path. */
  readonly responses: Map<
    string,
    { readonly status?: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  >
  /** From now on, requests get no response. */
  hang(): void
  /** Adds a key, and signs with it from now on. */
  rotate(kid: string): void
  /** Signs claims. Default: a token of five minutes. */
  sign(claims: JWTPayload & Record<string, unknown>, header?: object, key?: KeyObject): Promise<string>
}

export const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** Starts a {@link TestIssuer}. */
export async function startIssuer(): Promise<TestIssuer> {
  const keys = new Map([['first', newKey()]])
  const requests: string[] = []
  const headers: Record<string, string> = {}
  const responses: TestIssuer['responses'] = new Map()
  let isHanging = false
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    requests.push(path)
    if (isHanging) return
    const jwks = {
      keys: [...keys].map(([kid, { publicKey }]) => ({ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' })),
    }
    const known: Record<string, unknown> = {
      '/.well-known/openid-configuration': { issuer: url, jwks_uri: `${url}/keys` },
      '/keys': jwks,
    }
    const {
      status = path in known || responses.has(path) ? 200 : 404,
      body = known[path],
      headers: more = {},
    } = responses.get(path) ?? {}
    response.writeHead(status, { 'content-type': 'application/json', ...headers, ...more })
    response.end(typeof body === 'string' ? body : JSON.stringify(body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let current = 'first'
  return {
    url,
    requests,
    headers,
    responses,
    hang() {
      isHanging = true
    },
    rotate(kid) {
      keys.set(kid, newKey())
      current = kid
    },
    async sign(claims, header = {}, key = keys.get(current)?.privateKey) {
      const iat = Math.floor(Date.now() / 1000)
      const payload = { iss: url, iat, nbf: iat - 600, exp: iat + 300, ...claims }
      return await new SignJWT(payload)
        .setProtectedHeader({ alg: 'ES256', kid: current, ...header })
        .sign(key as KeyObject)
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
