import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { startBroker } from '../support/broker.test.support.js'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
const base64 = Buffer.from(pem).toString('base64')
const secretSha256 = 'a'.repeat(64)
const users = { tenant: 'example.okta.com', apiToken: { file: 'api-token' } }
const config = { connections: { users }, callers: { a: { secretSha256, connections: ['users'] } } }
const files = { 'api-token': 'x' }

const place = 'the place of the secret'
const attempts: readonly (readonly [where: string, { more?: object; args?: readonly string[] }])[] = [
  ['tls.certificate', { more: { tls: { certificate: place, key: 'key.pem' } } }],
  ['tls.key', { more: { tls: { certificate: 'api-token', key: place } } }],
  ['jwks', { more: { callers: { a: { jwks: { file: place }, connections: ['users'] } } } }],
  ['key.file', { more: { connections: { users: { tenant: 'x.okta.com', clientId: 'a', key: { file: place } } } } }],
  ['apiToken.file', { more: { connections: { users: { ...users, apiToken: { file: place } } } } }],
  ['metricsFrom', { more: { metricsFrom: ['::1', place] } }],
  ['behindProxy', { more: { behindProxy: [place] } }],
  ['listen', { more: { listen: place } }],
  ['store', { more: { store: place } }],
  ['issuer', { more: { issuer: place } }],
  ['shutdownDelay', { more: { shutdownDelay: place } }],
  ['profile', { more: { connections: { users: { profile: place } } } }],
  ['requests', { more: { callers: { a: { ...config.callers.a, requests: [place] } } } }],
  ['an argument', { args: [place] }],
  ['--config', { args: [`--config=${place}`] }],
  ['--listen', { args: [`--listen=${place}`] }],
  ['--store', { args: [`--store=${place}`] }],
  ['--behind-proxy', { args: [`--behind-proxy=${place}`] }],
  ['--schema', { args: [`--schema=${place}`] }],
]

/** A copy in which the secret stands in its place. */
function filledIn<T>(given: T, secret: string): T {
  return JSON.parse(JSON.stringify(given).replaceAll(place, JSON.stringify(secret).slice(1, -1)))
}

describe('a private key given in the wrong place', () => {
  it.each(attempts)('is not repeated when it stands in %s', async (_where, { more = {}, args = [] }) => {
    for (const secret of [pem, base64, base64.slice(0, 60)]) {
      const given = filledIn({ more, args }, secret)
      const error = await startBroker({ ...config, ...given.more }, { files, args: given.args }).then(
        async broker => {
          await broker.stop()
          throw new Error('it started')
        },
        (error: { message: string; hint?: string; cause?: unknown }) => error,
      )
      const told = [error.message, error.hint, String(error.cause), JSON.stringify(error)].join()
      expect(told).not.toContain('it started')
      for (const part of [base64.slice(4, 24), pem.slice(30, 50)]) expect(told).not.toContain(part)
    }
  })
})
