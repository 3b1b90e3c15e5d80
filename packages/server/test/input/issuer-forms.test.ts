import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectionOf, digestFor, filesOf, startBroker } from '../support/broker.test.support.js'

let okta: OktaEmulator

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
})
afterAll(() => okta.close())

const start = (more: object) =>
  startBroker(
    {
      connections: { users: connectionOf(okta, okta.client('service')) },
      clients: { payroll: { secretSha256: digestFor('payroll'), connections: ['users'] } },
      ...more,
    },
    { files: filesOf(okta) },
  )

async function messageOf(more: object): Promise<string> {
  const error = await start(more).then(
    async broker => {
      await broker.stop()
      throw new Error('it started')
    },
    error => error,
  )
  expect(error.code).toBe('options_invalid')
  return error.message
}

describe('the issuer', () => {
  it.each([
    ['https://broker.example.com/', 'https://broker.example.com'],
    ['HTTPS://Broker.Example.com:443', 'https://broker.example.com'],
    [' https://broker.example.com:8443 ', 'https://broker.example.com:8443'],
  ])('is published in one form when it is %s', async (issuer, published) => {
    await using broker = await start({ issuer })
    const metadata = await fetch(`${broker.url}/.well-known/oauth-authorization-server`)
    expect(await metadata.json()).toMatchObject({ issuer: published, token_endpoint: `${published}/oauth2/token` })
  })

  it.each(['/okta', '/oauth2/token', '?a=1', '#a', '//'])(
    'is rejected with the URL to use when it ends in %s',
    async end => {
      const message = await messageOf({ issuer: `https://broker.example.com${end}` })
      expect(message).toContain('issuer: must have only a scheme, a host and a port: use https://broker.example.com,')
    },
  )

  it.each(['broker.example.com', 'https:/broker.example.com', 'ftp://broker.example.com', 'localhost:8090'])(
    'is rejected with an example when it is %s',
    async issuer => {
      expect(await messageOf({ issuer })).toContain('and a port: https://broker.example.com')
    },
  )

  it('may be in upper case on an address that other machines can reach', async () => {
    const listen = `0.0.0.0:${await freePort()}`
    await using broker = await start({ listen, issuer: 'HTTPS://Broker.Example.com', behindProxy: 1 })
    expect(broker.printed()).toContain('at https://broker.example.com')
  })

  it('is rejected without https when tls is set', async () => {
    const message = await messageOf({ issuer: 'http://localhost:8090', tls: { certificate: 'a', key: 'b' } })
    expect(message).toBe('The issuer must be an https URL, because tls is set.')
  })
})
