import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectionOf, digestFor, filesOf, startBroker } from '../../test/support/broker.test.support.js'
import { listenError } from './listen-error.js'

let okta: OktaEmulator

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
})
afterAll(() => okta.close())

const start = (listen: string) =>
  startBroker(
    {
      connections: { users: connectionOf(okta, okta.client('service')) },
      clients: { payroll: { secretSha256: digestFor('payroll'), connections: ['users'] } },
      ...{ listen, issuer: 'https://broker.example.com', behindProxy: 1 },
    },
    { files: filesOf(okta) },
  )

describe('an address that cannot be listened on', () => {
  // 192.0.2.0/24 is for documentation (RFC 5737), and .invalid has no addresses (RFC 6761).
  it.each([
    ['192.0.2.7:8443', '192.0.2.7 is not an address of this machine', '0.0.0.0:8443'],
    ['no-such-host.invalid:8443', 'The host name no-such-host.invalid cannot be resolved', 'set issuer to the URL'],
  ])('is reported with what to do: %s', async (listen, message, hint) => {
    await expect(start(listen)).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    })
  })

  // Root may listen on every port, so a test cannot cause this error everywhere.
  it('reports missing permission, not a busy port, when the user is not allowed to listen on it', () => {
    const { code, message, hint } = listenError('127.0.0.1', 443, Object.assign(new Error(), { code: 'EACCES' }))
    expect(code).toBe('options_invalid')
    expect(message).toBe('This user is not allowed to listen on 127.0.0.1:443 (EACCES).')
    expect(hint).toMatch(/Choose a (higher port|port outside the)/)
  })
})
