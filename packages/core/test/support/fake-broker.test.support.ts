import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { decodeJwt, generateKeyPair, SignJWT } from 'jose'
import type { OktaSession } from '../../src/index.js'

/** A request that the broker received. */
export interface BrokerRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly form: URLSearchParams
}

/** An HTTP server with the interface of the broker. Its clients are `deploy` (an identity token) and `payroll` (a secret). */
export interface FakeBroker {
  readonly url: string
  readonly requests: readonly BrokerRequest[]
  /** The connections: of one with `isWithheld`, the token does not leave the broker. */
  readonly connections: Record<string, FakeConnection>
  /** Answers the next requests in place of the broker, until it returns false. */
  intercept: ((request: BrokerRequest, response: ServerResponse) => boolean) | undefined
  /** Forgets the requests, and the interception. */
  clear(): void
  stop(): Promise<void>
}

interface FakeConnection {
  readonly session: OktaSession
  readonly isWithheld?: boolean
}

const { privateKey } = await generateKeyPair('ES256')
export const secret = 'a-secret-of-payroll'

/** Signs an identity token as a platform does. */
export async function identityToken(
  audience: string | string[],
  claims: Record<string, unknown> = {},
): Promise<string> {
  return await new SignJWT({ iss: 'https://platform.example', sub: 'job', jti: crypto.randomUUID(), ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'platform' })
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime((claims.exp as number | undefined) ?? '5m')
    .sign(privateKey)
}

/** Starts a {@link FakeBroker}. */
export async function startFakeBroker(connections: Record<string, FakeConnection>): Promise<FakeBroker> {
  const requests: BrokerRequest[] = []
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const broker: FakeBroker = {
    url,
    requests,
    connections,
    intercept: undefined,
    clear() {
      requests.length = 0
      broker.intercept = undefined
    },
    stop: () => stop(server),
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request)
    const { method = '', url: target = '', headers } = request
    const received = { method, path: target, headers, form: new URLSearchParams(body) }
    requests.push(received)
    if (broker.intercept?.(received, response)) return
    if (target === '/.well-known/oauth-authorization-server') return json(response, 200, { issuer: url })
    if (target === '/readyz') return json(response, 200, { status: 'ok', degraded: [] })
    if (!isAuthenticated(received, url)) {
      return json(response, 401, {
        error: 'invalid_client',
        error_description: 'Unknown client, or wrong credentials.',
      })
    }
    const [, first = '', name = ''] = /^\/(proxy|connections)\/(\w+)/.exec(target) ?? []
    if (target === '/oauth2/token') return await issueToken(received, response)
    if (target === '/oauth2/revoke') return void response.writeHead(200).end()
    const session = connections[name]?.session
    if (session === undefined) return json(response, 404, { error: 'invalid_request' })
    if (first === 'connections') {
      const { method, url } = JSON.parse(body)
      return json(response, 200, { headers: await session.authorization(method, url) })
    }
    const proxy = `${url}/proxy/${name}`
    const forwarded = await session.fetch(target.slice(`/proxy/${name}`.length), {
      method,
      ...(body !== '' && { body }),
      headers: { 'content-type': headers['content-type'] ?? 'application/json' },
    })
    const link = forwarded.headers.get('link')?.replaceAll(session.orgUrl.origin, proxy)
    response.writeHead(forwarded.status, {
      'x-okta-request-id': forwarded.headers.get('x-okta-request-id') ?? 'none',
      'content-type': forwarded.headers.get('content-type') ?? 'text/plain',
      ...(link !== undefined && { link }),
    })
    response.end(await forwarded.text())
  }

  async function issueToken({ form }: BrokerRequest, response: ServerResponse): Promise<void> {
    const connection = form.get('connection') ?? Object.keys(connections)[0] ?? ''
    const found = connections[connection]
    if (found === undefined)
      return json(response, 400, { error: 'invalid_target', error_description: 'Name the connection.' })
    const named = { connection, org_url: found.session.orgUrl.origin }
    if (found.isWithheld) {
      return json(response, 400, { error: 'invalid_target', ...named, proxy: `${url}/proxy/${connection}` })
    }
    const { value, scopes } = await found.session.token()
    const body = { access_token: value, token_type: 'Bearer', expires_in: 3600, scope: scopes.join(' ') }
    json(response, 200, { ...body, ...named })
  }
  return broker
}

/** Starts an HTTP server and returns its URL, for GitHub's token service. */
export async function startServer(listener: RequestListener): Promise<{ url: string; stop(): Promise<void> }> {
  const server = createServer(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop: () => stop(server) }
}

function isAuthenticated({ headers, form }: BrokerRequest, issuer: string): boolean {
  const [scheme, value = ''] = headers.authorization?.split(' ') ?? []
  if (scheme === 'Basic') return Buffer.from(value, 'base64').toString() === `payroll:${secret}`
  if (form.has('client_secret')) return form.get('client_id') === 'payroll' && form.get('client_secret') === secret
  const assertion = form.get('client_assertion') ?? value
  const client = form.get('client_id') ?? headers['connect-okta-client']
  if (assertion === '') return false
  const { aud, iss, sub } = decodeJwt(assertion)
  const isOwnAssertion = iss === client || iss === 'export'
  const audiences = isOwnAssertion ? [issuer, `${issuer}/oauth2/token`] : [issuer]
  return (
    typeof aud === 'string' && audiences.includes(aud) && (isOwnAssertion || (client === 'deploy' && sub !== 'other'))
  )
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise(resolve => server.close(resolve))
}
