import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  basic,
  connectionOf,
  digestFor,
  filesOf,
  startBroker,
  type TestBroker,
} from '../../../test/support/broker.test.support.js'

let okta: OktaEmulator
let broker: TestBroker

beforeAll(async () => {
  okta = await startOktaEmulator({
    clients: [
      { kind: 'service', scopes: ['okta.users.read', 'okta.groups.read'] },
      { kind: 'service', accessPolicy: false },
    ],
    authorizationServers: [{ id: 'default', scopes: ['orders.read'] }],
  })
  const [app, denied] = okta.clients as [Client, Client]
  const connections = {
    misspelt: connectionOf(okta, app, { scopes: 'okta.user.read' }),
    ungranted: connectionOf(okta, app, { scopes: 'okta.apps.read' }),
    custom: connectionOf(okta, app, { authorizationServer: 'default', scopes: 'okta.users.read' }),
    org: connectionOf(okta, app, { scopes: 'orders.read' }),
    unknown: connectionOf(okta, app, { authorizationServer: 'aus404', scopes: 'orders.read' }),
    denied: connectionOf(okta, denied, { authorizationServer: 'default', scopes: 'orders.read' }),
  }
  const clients = { payroll: { secretSha256: digestFor('payroll'), connections: Object.keys(connections) } }
  broker = await startBroker({ connections, clients }, { files: filesOf(okta) })
})
afterAll(async () => {
  await broker.stop()
  await okta.close()
})
type Client = OktaEmulator['clients'][number]

describe('a rejection by Okta', () => {
  it.each([
    ['a misspelt scope', 'misspelt', 400, 'invalid_scope', /Did you mean okta\.users\.read/],
    ['a scope that is not granted', 'ungranted', 400, 'invalid_scope', /Grant okta\.apps\.read/],
    ['okta.* at a custom server', 'custom', 400, 'invalid_scope', /^Remove authorizationServer from the connection/],
    ['a custom scope at the org', 'org', 400, 'invalid_scope', /^Set authorizationServer of the connection/],
    ['an unknown server', 'unknown', 502, 'server_error', /Security > API > Authorization Servers/],
    ['an access policy', 'denied', 502, 'server_error', /Access Policies/],
  ])('has its status, and its remedy in the log: %s', async (_what, connection, status, error, hint) => {
    const body = new URLSearchParams({ grant_type: 'client_credentials', connection })
    const headers = { authorization: basic('payroll') }
    const response = await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers, body })
    expect({ status: response.status, ...((await response.json()) as object) }).toMatchObject({ status, error })
    expect(response.headers.get('retry-after')).toBeNull()
    const requestId = response.headers.get('x-request-id')
    const line = broker.lines().find(line => line.requestId === requestId && line.msg === 'request failed')
    expect(line).toMatchObject({ connection, error, hint: expect.stringMatching(hint) })
    expect(String(line?.hint)).not.toContain('Sign in')
  })
})
