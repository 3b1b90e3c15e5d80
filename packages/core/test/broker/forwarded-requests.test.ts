import { describe, expect, it } from 'vitest'
import { apiPages } from '../../src/api/api-pages.js'
import { callApi } from '../../src/api/call-api.js'
import { connect, openSession } from '../../src/index.js'
import { listLogins } from '../../src/session/logins.js'
import { identityToken } from '../support/fake-broker.test.support.js'
import { jsonWebKey } from '../support/fake-server.test.support.js'
import { useBroker } from './use-broker.test.support.js'

const shared = useBroker()

describe('a connection whose token does not leave the broker', () => {
  const bound = () => ({ ...shared.payroll(), connection: 'bound', scopes: ['okta.users.read'] })

  it('sends requests through the broker, with the credentials of the client', async () => {
    const session = await connect(bound(), shared.deps)
    expect(session.orgUrl.href).toBe(shared.org.okta.orgUrl.href)
    const { status, body } = await callApi(session, { method: 'GET', path: '/api/v1/users?limit=1' })
    expect({ status, users: JSON.parse(String(body.start)) }).toMatchObject({ status: 200, users: [expect.anything()] })
    const { path, headers } = shared.broker.requests.at(-1) ?? {}
    expect(path).toBe('/proxy/bound/api/v1/users?limit=1')
    expect(headers?.authorization).toMatch(/^Basic /)
    expect(await listLogins(shared.deps)).toEqual([])
  })

  it('sends a Request with its method and body through the broker', async () => {
    const session = await connect(bound(), shared.deps)
    const url = new URL('/api/v1/users', shared.org.okta.orgUrl)
    await session.fetch(new Request(url, { method: 'POST', body: 'name=Ada' }))
    const { method, path, form } = shared.broker.requests.at(-1) ?? {}
    expect([method, path, form?.get('name')]).toEqual(['POST', '/proxy/bound/api/v1/users', 'Ada'])
  })

  it('reads every page through the broker', async () => {
    const session = await connect(bound(), shared.deps)
    const pages: unknown[] = []
    for await (const { body } of apiPages(session, { method: 'GET', path: '/api/v1/users?limit=1' })) {
      pages.push(...JSON.parse(String(body.start)))
    }
    expect(pages.length).toBeGreaterThan(1)
  })

  it('gets the headers for one request from the broker', async () => {
    const session = await connect(bound(), shared.deps)
    const headers = await session.authorization('GET', '/api/v1/users?limit=1')
    expect(headers).toEqual({ authorization: expect.stringMatching(/^DPoP /), dpop: expect.any(String) })
    const response = await fetch(new URL('/api/v1/users?limit=1', shared.org.okta.orgUrl), { headers })
    expect(response.status).toBe(200)
  })

  it('has no token for the caller', async () => {
    const session = await connect(bound(), shared.deps)
    await expect(session.token()).rejects.toMatchObject({
      code: 'grant_rejected',
      message: expect.stringContaining('does not return the tokens'),
      hint: expect.stringContaining('Send your requests'),
    })
  })

  it('returns an error of the API as a response, and throws one of the broker', async () => {
    const session = await connect(bound(), shared.deps)
    expect((await callApi(session, { method: 'GET', path: '/api/v1/users/00uMissing' })).error?.api?.errorCode).toBe(
      'E0000007',
    )
    shared.broker.intercept = (_request, response) => {
      response.writeHead(403, { 'content-type': 'application/json' }).end('{"error":"unauthorized_client"}')
      return true
    }
    await expect(session.fetch('/api/v1/users')).rejects.toMatchObject({
      code: 'grant_rejected',
      message: expect.stringContaining('The broker'),
    })
  })

  it('works with an opened session, and ends with it', async () => {
    const session = await openSession(bound(), shared.deps)
    expect((await session.fetch('/api/v1/users?limit=1')).status).toBe(200)
    await session.disconnect()
    await expect(session.fetch('/api/v1/users')).rejects.toMatchObject({ code: 'login_required' })
  })

  it('sends a new assertion or identity token for each request', async () => {
    const byKey = await connect(
      { broker: shared.broker.url, clientId: 'export', jsonWebKey, connection: 'bound' },
      shared.deps,
    )
    await byKey.fetch('/api/v1/users?limit=1')
    const token = await identityToken(shared.broker.url)
    const byIdentity = await connect(
      { broker: shared.broker.url, clientId: 'deploy', identityToken: token, connection: 'bound' },
      shared.deps,
    )
    await byIdentity.fetch('/api/v1/users?limit=1')
    expect(shared.broker.requests.at(-1)?.headers).toMatchObject({
      authorization: `Bearer ${token}`,
      'connect-okta-client': 'deploy',
    })
  })

  it('names the org that each request is meant for', async () => {
    const session = await connect(bound(), shared.deps)
    await session.fetch('/api/v1/users?limit=1')
    await session.authorization('GET', '/api/v1/users?limit=1')
    const sent = shared.broker.requests.slice(-2).map(({ headers }) => headers['connect-okta-org'])
    expect(sent).toEqual([shared.org.okta.orgUrl.origin, shared.org.okta.orgUrl.origin])
    shared.broker.intercept = (_request, response) => {
      response.writeHead(409, { 'content-type': 'application/json' }).end('{"error":"invalid_target"}')
      return true
    }
    await expect(session.fetch('/api/v1/users')).rejects.toMatchObject({
      code: 'options_invalid',
      hint: expect.stringContaining('now belongs to another org'),
    })
  })

  it.each([
    ['another origin', () => 'https://other.example/proxy/bound'],
    ['a query', () => `${shared.broker.url}/proxy/bound?x=`],
    ['a username', () => `${shared.broker.url.replace('//', '//u:p@')}/proxy/bound`],
    ['another name', () => `${shared.broker.url}/proxy/users`],
  ])('does not send the credentials to a proxy with %s', async (_what, proxyOf) => {
    shared.broker.intercept = ({ path }, response) => {
      if (path !== '/oauth2/token') return false
      const body = {
        error: 'invalid_target',
        connection: 'bound',
        org_url: shared.org.okta.orgUrl.origin,
        proxy: proxyOf(),
      }
      response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      return true
    }
    await expect(connect(bound(), shared.deps)).rejects.toMatchObject({ code: 'oauth_failed' })
  })
})
