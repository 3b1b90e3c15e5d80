import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  basic,
  connectionOf,
  digestFor,
  filesOf,
  startBroker,
  type TestBroker,
} from '../support/broker.test.support.js'

let okta: OktaEmulator
let broker: TestBroker

beforeAll(async () => {
  okta = await startOktaEmulator({
    clients: [
      { kind: 'service', scopes: ['okta.users.read', 'okta.groups.read'] },
      { kind: 'service', dpop: true },
    ],
  })
  const [app, bound] = okta.clients as [Client, Client]
  broker = await startBroker(
    {
      connections: {
        users: connectionOf(okta, app, { scopes: 'okta.users.read okta.groups.read' }),
        bound: connectionOf(okta, bound),
      },
      clients: {
        payroll: { secretSha256: digestFor('payroll'), connections: ['users'] },
        signer: { secretSha256: digestFor('signer'), connections: ['users', 'bound'] },
      },
    },
    { files: filesOf(okta) },
  )
})
afterAll(async () => {
  await broker.stop()
  await okta.close()
})
type Client = OktaEmulator['clients'][number]

async function post(path: string, body: string | URLSearchParams, headers: Record<string, string> = {}) {
  const init = { method: 'POST', body, headers: { authorization: basic('payroll'), ...headers } }
  const response = await fetch(broker.url + path, init)
  return { status: response.status, body: (await response.json()) as Record<string, string> }
}
const ask = (more: Record<string, string> = {}, path = '/oauth2/token') =>
  post(path, new URLSearchParams({ grant_type: 'client_credentials', ...more }))

describe('scope', () => {
  it.each([
    'okta.users.read,okta.groups.read',
    'okta.users.read;okta.groups.read',
    'okta.groups.read\nokta.users.read',
  ])('is accepted with another separator: %j', async scope => {
    expect((await ask({ scope })).body.scope).toBe('okta.groups.read okta.users.read')
  })

  it.each([' okta.users.read ', '"okta.users.read"', '["okta.users.read"]'])('is accepted as %s', async scope => {
    expect((await ask({ scope })).body.scope).toBe('okta.users.read')
  })

  it('counts as omitted when it has only spaces', async () => {
    expect((await ask({ scope: ' ' })).body.scope).toBe('okta.groups.read okta.users.read')
  })

  it.each(['okta.user.read', 'OKTA.USERS.READ', '.default', 'openid'])(
    'is rejected with the scopes of the client when it is %s',
    async scope => {
      const { status, body } = await ask({ scope })
      expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_scope' })
      expect(body.error_description).toContain('Allowed scopes: okta.groups.read okta.users.read')
    },
  )

  // The time to split it must not be chosen by a client.
  it('is rejected when it is longer than 8192 characters', async () => {
    const longest = `okta.users.read${' '.repeat(8192 - 30)}okta.users.read`
    expect((await ask({ scope: longest })).status).toBe(200)
    const { status, body } = await ask({ scope: `${longest}s` })
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_scope' })
    expect(body.error_description).toContain('scope is longer than 8192 characters')
  })
})

describe('resource', () => {
  it('is rejected when it is longer than 2048 characters', async () => {
    const { status, body } = await ask({ resource: okta.orgUrl.origin + '/'.repeat(2049) })
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_target' })
    expect(body.error_description).toContain('resource is longer than 2048 characters')
  })

  it('is accepted in upper case, and with a slash', async () => {
    const { origin } = okta.orgUrl
    for (const resource of [origin.toUpperCase(), `${origin.toUpperCase()}/`, ` ${origin} `])
      expect((await ask({ resource })).status).toBe(200)
  })

  it.each(['/api/v1/users', '/oauth2/default', '#a', '?a'])(
    'is rejected with the URL to use when it ends in %s',
    async end => {
      const { status, body } = await ask({ resource: okta.orgUrl.origin + end })
      expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_target' })
      expect(body.error_description).toContain(`connection=users (resource=${okta.orgUrl.origin})`)
    },
  )
})

describe('a request for a token', () => {
  it('is accepted with spaces around its values', async () => {
    expect((await ask({ grant_type: 'client_credentials ', connection: ' users' })).status).toBe(200)
  })

  it('is accepted with a slash at the end of the path', async () => {
    expect((await ask({}, '/oauth2/token/')).status).toBe(200)
    expect((await fetch(`${broker.url}/.well-known/oauth-authorization-server/`)).status).toBe(200)
  })

  it('is accepted with a charset', async () => {
    const type = { 'content-type': 'Application/X-WWW-Form-URLEncoded; charset=UTF-8' }
    expect((await post('/oauth2/token', 'grant_type=client_credentials', type)).status).toBe(200)
  })

  it('is rejected with the place of the parameters when they are in the URL', async () => {
    const { status, body } = await post('/oauth2/token?grant_type=client_credentials', new URLSearchParams())
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_request' })
    expect(body.error_description).toContain('in the request body')
  })

  it.each(['/oauth2/v1/token', '/token', '/oauth2/default/v1/token'])(
    'gets the URL of the endpoint when it is sent to %s',
    async path => {
      const { status, body } = await ask({}, path)
      expect(status).toBe(404)
      expect(body.error_description).toContain(`POST ${broker.url}/oauth2/token.`)
    },
  )
})

describe('a request with another method', () => {
  const wellKnown = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']
  const read = [...wellKnown, '/healthz', '/readyz', '/metrics', '/openapi.json', '/', '/assets/page.js']
  const post = ['/oauth2/token', '/oauth2/token/', '/oauth2/revoke', '/connections/users/authorization']
  it.each([
    ...post.map(path => ['POST', path, ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']] as const),
    ...read.map(path => ['GET, HEAD', path, ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']] as const),
    ...['/login/desk', '/logout'].map(path => ['GET, HEAD, POST', path, ['PUT', 'DELETE', 'OPTIONS']] as const),
  ])('is rejected with the right ones: %s %s', async (allow, path, methods) => {
    for (const method of methods) {
      const response = await fetch(broker.url + path, { method })
      expect({ method, status: response.status, allow: response.headers.get('allow') }).toEqual({
        ...{ method, status: 405, allow },
      })
      const body = await response.text()
      if (method === 'HEAD') expect(body).toBe('')
      else expect(JSON.parse(body)).toMatchObject({ error: 'invalid_request' })
    }
  })

  it('is rejected by the proxy before its credentials are read', async () => {
    const response = await fetch(`${broker.url}/proxy/users/api/v1/users`, { method: 'PROPFIND' })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS')
  })
})

describe('a request for signed headers', () => {
  const sign = (url: string, headers: Record<string, string> = { 'content-type': 'application/json' }) => {
    const all = { ...headers, authorization: basic('signer') }
    return post('/connections/bound/authorization', JSON.stringify({ method: 'GET', url }), all)
  }

  it('is accepted with the host in upper case', async () => {
    expect((await sign(`${okta.orgUrl.origin.toUpperCase()}/api/v1/users`)).status).toBe(200)
  })

  it.each([
    'api/v1/users',
    'https://evil.example/api/v1/users',
    'http://127.0.0.1@evil.example/api',
    '//evil.example/a',
  ])('is rejected with what the URL must be when it is %s', async url => {
    expect((await sign(url)).status).toBe(400)
  })

  it('names the content type when it is missing', async () => {
    const { status, body } = await sign('/api/v1/users', { 'content-type': 'application/x-www-form-urlencoded' })
    expect(status).toBe(415)
    expect(body.error_description).toContain('Content-Type: application/json')
  })
})
