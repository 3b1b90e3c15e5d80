import type { Server } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { Agent } from 'undici'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createPrivateCertificate, type PrivateCertificate } from '../../../../scripts/testing/private-certificate.js'
import { rsaKey } from '../../../../scripts/testing/rsa-key.js'
import { startTunnelProxy } from '../../test/support/tunnel-proxy.test.support.js'
import type { CommonOptions, OAuthOptions } from '../config/connect-options.js'
import { proxyFetch } from '../http/proxy-fetch.js'
import { connect, type Deps, type Notice, resume } from '../index.js'
import { createMemoryStore } from '../stores/memory-store.js'

// An oidc-provider with default settings, whose endpoints and errors differ from Okta's.
let certificate: PrivateCertificate
let server: Server
let issuer: string
const key = { ...rsaKey().privateJwk, kid: 'k1' }
const requests: string[] = []

beforeAll(async () => {
  // oidc-provider writes development warnings to the console.
  using _quiet = silenceConsole()
  const { Provider } = await import('oidc-provider')
  certificate = createPrivateCertificate()
  server = createServer(certificate)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { kty, n, e } = key as Record<string, string>
  const app = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [], scope: 'orders' }
  const provider = new Provider(issuer, {
    scopes: ['orders'],
    ttl: { ClientCredentials: 600 },
    features: {
      clientCredentials: { enabled: true },
      revocation: { enabled: true, allowedPolicy: async () => true },
      devInteractions: { enabled: false },
    },
    clients: [
      {
        ...app,
        client_id: 'by-secret',
        client_secret: 'a-long-secret',
        token_endpoint_auth_method: 'client_secret_post',
      },
      {
        ...app,
        client_id: 'by-key',
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ kty: kty ?? '', n: n ?? '', e: e ?? '', kid: 'k1' }] },
      },
      {
        ...app,
        client_id: 'bound',
        client_secret: 'a-long-secret',
        token_endpoint_auth_method: 'client_secret_post',
        dpop_bound_access_tokens: true,
      },
    ],
  })
  const handleRequest = provider.callback()
  server.on('request', (request, response) => {
    requests.push(`${request.method} ${request.url}`)
    handleRequest(request, response)
  })
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

function silenceConsole(): Disposable {
  const spies = (['info', 'warn'] as const).map(name => vi.spyOn(console, name).mockImplementation(() => {}))
  return { [Symbol.dispose]: () => spies.forEach(spy => void spy.mockRestore()) }
}

const notices: Notice[] = []
const deps = (): Partial<Deps> => {
  const dispatcher = new Agent({ connect: { ca: certificate.authority } })
  return {
    store: createMemoryStore(),
    notify: notice => notices.push(notice),
    fetch: (input, init) => fetch(input, { ...init, dispatcher } as object),
  }
}
const app = (more: Partial<CommonOptions>): OAuthOptions => ({
  tenant: issuer,
  authorizationServer: issuer,
  clientId: 'by-secret',
  clientSecret: 'a-long-secret',
  scopes: ['orders'],
  ...more,
})

describe('connect to an authorization server that is not Okta', () => {
  it('discovers the endpoints once and authenticates with a client secret', async () => {
    const sharedDeps = deps()
    const session = await connect(app({}), sharedDeps)
    expect(await session.token()).toMatchObject({ type: 'Bearer', scopes: ['orders'] })
    await session.token({ forceRefresh: true })
    expect(requests).toEqual(['GET /.well-known/openid-configuration', 'POST /token', 'POST /token'])
    const resumed = await resume(app({}), sharedDeps)
    await resumed.disconnect()
    expect(requests.at(-1)).toBe('POST /token/revocation')
    expect(notices).toEqual([])
  })

  it('authenticates with a client key', async () => {
    const { clientSecret: _removed, ...keyOptions } = app({ clientId: 'by-key', jsonWebKey: key })
    expect(await (await connect(keyOptions, deps())).token()).toMatchObject({ type: 'Bearer', scopes: ['orders'] })
  })

  it('returns a DPoP token', async () => {
    const session = await connect(app({ clientId: 'bound', dpop: 'always' }), deps())
    expect(await session.token()).toMatchObject({ type: 'DPoP' })
  })

  it('uses the proxy and the private certificate authority of the environment', async () => {
    await using proxy = await startTunnelProxy()
    const variables = { HTTPS_PROXY: proxy.url, SSL_CERT_FILE: certificate.authorityPath }
    const throughProxy = proxyFetch(fetch, () => variables)
    const session = await connect(app({}), { ...deps(), fetch: throughProxy })
    expect((await session.token()).type).toBe('Bearer')
    expect(proxy.tunnels).toContain(new URL(issuer).host)
  })

  it('sends no credential when the server reports a different issuer', async () => {
    requests.length = 0
    const attempt = connect(app({ authorizationServer: `${issuer}/` }), deps())
    await expect(attempt).rejects.toMatchObject({
      code: 'oauth_failed',
      message: expect.stringContaining('of another issuer'),
    })
    expect(requests.filter(request => request.startsWith('POST'))).toEqual([])
  })

  it('reports an error when the metadata document is missing', async () => {
    const attempt = connect(app({ authorizationServer: `${issuer}/nowhere` }), deps())
    await expect(attempt).rejects.toMatchObject({
      code: 'oauth_failed',
      message: expect.stringContaining('no metadata'),
    })
  })

  it.each([
    ['http://as.example', 'options_invalid'],
    ['https://as.example/?a=b', 'options_invalid'],
  ])('rejects the authorization server %s', async (authorizationServer, code) => {
    await expect(connect(app({ authorizationServer }), deps())).rejects.toMatchObject({ code })
  })
})
