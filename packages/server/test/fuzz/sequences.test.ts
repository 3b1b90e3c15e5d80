import { startOktaEmulator } from '@connect-okta/emulator'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { basic, connectionOf, digestFor, filesOf, secretOf, startBroker } from '../support/broker.test.support.js'
import { type ProxiedOrg, requests, startProxiedOrg } from '../support/proxy.test.support.js'
import { casesFor, expectSound, given, mutated, send } from './fuzz.test.support.js'

let org: ProxiedOrg

beforeAll(async () => {
  org = await startProxiedOrg()
  org.answer = (_incoming, response) => response.end('{}')
})
afterAll(async () => {
  expect(JSON.stringify(org.broker.lines())).not.toContain('unexpected error')
  await org[Symbol.asyncDispose]()
})

const secrets = () => [secretOf('reader'), org.apiToken]
// The requests that the policy allows, after the org has normalized the path.
const permitted = /^(GET \/api\/v1\/users(\/.*)?|(GET|POST) \/api\/v1\/groups\/[^/]*\/users)$/

const pieces = [
  ...[
    '/',
    '//',
    '/.',
    '/..',
    '/%2e%2e',
    '/%2E.',
    '..;',
    '%2f',
    '%5c',
    '\\',
    '%00',
    '%09',
    '%25%32%65',
    '%c0%ae',
    '@',
    ':80',
  ],
  ...['api', '/api/v1', '/users', '/groups', '/g1', '/me', '?', '?a=b', '#', ';x', '*', 'é', ' '],
]
const paths = fc.oneof(
  mutated(fc.constantFrom('/api/v1/users/me?limit=1', '/api/v1/groups/g1/users', '/api/v1/users')),
  fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map(all => `/api/v1/users${all.join('')}`),
  fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })), { maxLength: 8 })
    .map(all => all.join('')),
)
const prefixes = fc.constantFrom(
  ...Array(8).fill('/proxy/org'),
  '/proxy/%6frg',
  '/proxy//org',
  '/x/../proxy/org',
  'http://x.okta.com/proxy/org',
)

describe('a random request to the org', () => {
  it('reaches only paths that the policy allows when it uses the proxy', async () => {
    const methods = fc.constantFrom('GET', 'GET', 'POST', 'HEAD', 'DELETE', 'TRACE', 'QUERY')
    await fc.assert(
      given(fc.tuple(methods, prefixes, paths), async ([method, prefix, path]) => {
        org.seen.length = 0
        const headers = { authorization: basic('reader') }
        const answer = await send(org.broker.port, { method, path: prefix + path, headers })
        expectSound(answer, secrets())
        for (const { method: sent = '', url = '' } of org.seen) {
          const { pathname } = new URL(url, org.url)
          expect(`${sent} ${pathname}`).toMatch(permitted)
          expect(decodeURIComponent(pathname)).not.toMatch(/\/\.\.?(\/|$)/)
        }
      }),
      casesFor(0.15),
    )
  })

  it('is signed only when the policy allows it', async () => {
    await using okta = await startOktaEmulator({ clients: [{ kind: 'service', dpop: true }] })
    const reader = { secretSha256: digestFor('reader'), connections: ['bound'], requests }
    const connections = { bound: connectionOf(okta, okta.client('service')) }
    await using broker = await startBroker({ connections, clients: { reader } }, { files: filesOf(okta) })
    const { origin } = okta.orgUrl
    let given200 = 0
    const urls = fc.oneof(
      paths,
      paths.map(path => origin + path),
      fc.webUrl(),
      fc.jsonValue(),
    )
    const json = fc.oneof(
      fc
        .record({ method: fc.oneof(fc.constantFrom('GET', 'POST', 'get', ''), fc.jsonValue()), url: urls })
        .map(one => JSON.stringify(one)),
      fc.constant('{"method":"GET","url":"/api/v1/users"}'),
      mutated(fc.constant('{"method":"GET","url":"/api/v1/users"}')),
      fc.string({ unit: 'binary' }),
    )
    await fc.assert(
      given(
        fc.tuple(json, fc.constantFrom('application/json', 'application/json', 'text/plain', '')),
        async ([body, type]) => {
          const headers = { authorization: basic('reader'), 'content-type': type }
          const answer = await send(broker.port, { path: '/connections/bound/authorization', headers, body })
          if (answer.status === 200) {
            const { method, url } = JSON.parse(body) as { method: string; url: string }
            given200 += 1
            expect(`${method} ${new URL(url, origin).pathname}`).toMatch(permitted)
            expect(new URL(url, origin).origin).toBe(origin)
          } else expectSound(answer, secrets())
        },
      ),
      casesFor(0.05),
    )
    expect(given200).toBeGreaterThan(0)
  })
})

describe('a regression found by fuzzing', () => {
  it.each(['%c0%ae%c0%ae/', '%c0%af', '%ff'])('does not forward a path with %s, which is not UTF-8', async odd => {
    org.seen.length = 0
    const headers = { authorization: basic('reader') }
    const answer = await send(org.broker.port, { method: 'GET', path: `/proxy/org/api/v1/users/${odd}x`, headers })
    expect({ status: answer.status, seen: org.seen.length }).toEqual({ status: 400, seen: 0 })
  })
})
