import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  basic,
  connectionOf,
  digestFor,
  filesOf,
  startBroker,
  type TestBroker,
} from '../../../test/support/broker.test.support.js'

const scopes = ['apps', 'groups', 'logs', 'policies', 'roles', 'users'].map(name => `okta.${name}.read`)
let okta: OktaEmulator
let broker: TestBroker

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service', scopes }] })
  const client = (name: string, more: object = {}) => ({
    ...{ secretSha256: digestFor(name), connections: ['users'] },
    ...more,
  })
  broker = await startBroker(
    {
      connections: { users: connectionOf(okta, okta.client('service'), { scopes }) },
      clients: { payroll: client('payroll'), reports: client('reports', { scopes: scopes.slice(0, 3) }) },
    },
    { files: filesOf(okta) },
  )
})
afterAll(async () => {
  await broker.stop()
  await okta.close()
})
beforeEach(() => okta.clearRequests())

async function ask(scope: string | undefined, name = 'payroll') {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...(scope !== undefined && { scope }) })
  const headers = { authorization: basic(name) }
  const response = await fetch(`${broker.url}/oauth2/token`, { method: 'POST', headers, body })
  return { status: response.status, ...((await response.json()) as { error?: string; scope?: string }) }
}

const subsets = Array.from({ length: 2 ** scopes.length - 1 }, (_one, index) =>
  scopes.filter((_scope, bit) => (index + 1) & (1 << bit)).join(' '),
)

describe('narrower scopes', () => {
  it('create a limited number of tokens at Okta when a client requests every set of scopes', async () => {
    const answers = []
    for (const scope of subsets) answers.push(await ask(scope))
    const given = answers.filter(({ status }) => status === 200)
    // Ten narrower sets, and the one with all scopes.
    expect(given).toHaveLength(11)
    expect(okta.requests.filter(({ path }) => path === '/oauth2/v1/token')).toHaveLength(11)
    for (const { status, error } of answers.filter(one => !given.includes(one))) {
      expect({ status, error }).toEqual({ status: 400, error: 'invalid_scope' })
    }
    for (const { scope } of given) expect(subsets).toContain(scope)
  })

  it('are still accepted when they were used recently, by other clients, and for all scopes of a client', async () => {
    expect((await ask(subsets[0])).status).toBe(200)
    expect((await ask(undefined)).status).toBe(200)
    expect(await ask(scopes[2], 'reports')).toMatchObject({ status: 200, scope: scopes[2] })
    expect(await ask(undefined, 'reports')).toMatchObject({ status: 200, scope: scopes.slice(0, 3).join(' ') })
    broker.advance(61 * 60_000)
    expect((await ask(subsets[40])).status).toBe(200)
  })
})
