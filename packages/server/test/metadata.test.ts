import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { connectionOf, digestFor, filesOf, startBroker, type TestBroker } from './support/broker.test.support.js'

let okta: OktaEmulator
let broker: TestBroker

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
  broker = await startBroker(
    {
      connections: { users: connectionOf(okta, okta.client('service')) },
      clients: { payroll: { secretSha256: digestFor('payroll'), connections: 'users' } },
    },
    { files: filesOf(okta) },
  )
})
afterAll(async () => {
  await broker.stop()
  await okta.close()
})

it('is the same at the paths of RFC 8414 and of OpenID Connect Discovery', async () => {
  const read = async (name: string) => {
    const response = await fetch(`${broker.url}/.well-known/${name}`)
    expect(response.status).toBe(200)
    return (await response.json()) as Record<string, unknown>
  }
  const metadata = await read('oauth-authorization-server')
  expect(metadata).toMatchObject({ issuer: broker.url, token_endpoint: `${broker.url}/oauth2/token` })
  expect(await read('openid-configuration')).toEqual(metadata)
  // There is no such endpoint, and the broker signs no tokens.
  for (const name of ['authorization_endpoint', 'jwks_uri', 'userinfo_endpoint'])
    expect(metadata).not.toHaveProperty(name)
})
