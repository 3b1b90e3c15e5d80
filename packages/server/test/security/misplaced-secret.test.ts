import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { startBroker } from '../support/broker.test.support.js'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
const base64 = Buffer.from(pem).toString('base64')
const secretSha256 = 'a'.repeat(64)
const users = { tenant: 'example.okta.com', apiToken: { file: 'api-token' } }
const config = { connections: { users }, clients: { a: { secretSha256, connections: ['users'] } } }
const files = { 'api-token': 'x' }

const placeholder = 'the place of the secret'
const attempts: readonly (readonly [where: string, { more?: object; args?: readonly string[] }])[] = [
  ['tls.certificate', { more: { tls: { certificate: placeholder, key: 'key.pem' } } }],
  ['tls.key', { more: { tls: { certificate: 'api-token', key: placeholder } } }],
  ['jwks', { more: { clients: { a: { jwks: { file: placeholder }, connections: ['users'] } } } }],
  [
    'key.file',
    { more: { connections: { users: { tenant: 'x.okta.com', clientId: 'a', key: { file: placeholder } } } } },
  ],
  ['apiToken.file', { more: { connections: { users: { ...users, apiToken: { file: placeholder } } } } }],
  ['metricsFrom', { more: { metricsFrom: ['::1', placeholder] } }],
  ['behindProxy', { more: { behindProxy: [placeholder] } }],
  ['listen', { more: { listen: placeholder } }],
  ['store', { more: { store: placeholder } }],
  ['issuer', { more: { issuer: placeholder } }],
  ['shutdownDelay', { more: { shutdownDelay: placeholder } }],
  ['profile', { more: { connections: { users: { profile: placeholder } } } }],
  ['requests', { more: { clients: { a: { ...config.clients.a, requests: [placeholder] } } } }],
  ['an argument', { args: [placeholder] }],
  ['--config', { args: [`--config=${placeholder}`] }],
  ['--listen', { args: [`--listen=${placeholder}`] }],
  ['--store', { args: [`--store=${placeholder}`] }],
  ['--behind-proxy', { args: [`--behind-proxy=${placeholder}`] }],
  ['--schema', { args: [`--schema=${placeholder}`] }],
]

/** A copy in which the placeholder is replaced by the secret. */
function filledIn<T>(given: T, secret: string): T {
  return JSON.parse(JSON.stringify(given).replaceAll(placeholder, JSON.stringify(secret).slice(1, -1)))
}

describe('a misplaced private key', () => {
  it.each(attempts)('is not repeated when it is the value of %s', async (_where, { more = {}, args = [] }) => {
    for (const secret of [pem, base64, base64.slice(0, 60)]) {
      const given = filledIn({ more, args }, secret)
      const error = await startBroker({ ...config, ...given.more }, { files, args: given.args }).then(
        async broker => {
          await broker.stop()
          throw new Error('it started')
        },
        (error: { message: string; hint?: string; cause?: unknown }) => error,
      )
      const printed = [error.message, error.hint, String(error.cause), JSON.stringify(error)].join()
      expect(printed).not.toContain('it started')
      for (const part of [base64.slice(4, 24), pem.slice(30, 50)]) expect(printed).not.toContain(part)
    }
  })
})
