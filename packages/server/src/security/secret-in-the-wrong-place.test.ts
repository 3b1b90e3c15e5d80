import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { startBroker } from '../broker.test.support.js'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
const base64 = Buffer.from(pem).toString('base64')
const secretSha256 = 'a'.repeat(64)
const users = { tenant: 'example.okta.com', apiToken: { file: 'api-token' } }
const config = { connections: { users }, callers: { a: { secretSha256, connections: ['users'] } } }
const files = { 'api-token': 'x' }

const attempts: readonly (readonly [string, (secret: string) => ReturnType<typeof startBroker>])[] = [
  ['tls.certificate', secret => startBroker({ ...config, tls: { certificate: secret, key: 'key.pem' } }, { files })],
  ['tls.key', secret => startBroker({ ...config, tls: { certificate: 'api-token', key: secret } }, { files })],
  [
    'jwks',
    secret => startBroker({ ...config, callers: { a: { jwks: { file: secret }, connections: ['users'] } } }, { files }),
  ],
  [
    'key.file',
    secret =>
      startBroker({
        ...config,
        connections: { users: { tenant: 'x.okta.com', clientId: 'a', key: { file: secret } } },
      }),
  ],
  [
    'apiToken.file',
    secret => startBroker({ ...config, connections: { users: { ...users, apiToken: { file: secret } } } }),
  ],
  ['metricsFrom', secret => startBroker({ ...config, metricsFrom: ['::1', secret] }, { files })],
  ['behindProxy', secret => startBroker({ ...config, behindProxy: [secret] }, { files })],
  ['listen', secret => startBroker({ ...config, listen: secret }, { files })],
  ['store', secret => startBroker({ ...config, store: secret }, { files })],
  ['issuer', secret => startBroker({ ...config, issuer: secret }, { files })],
  ['shutdownDelay', secret => startBroker({ ...config, shutdownDelay: secret }, { files })],
  ['profile', secret => startBroker({ ...config, connections: { users: { profile: secret } } })],
  [
    'requests',
    secret => startBroker({ ...config, callers: { a: { ...config.callers.a, requests: [secret] } } }, { files }),
  ],
  ['an argument', secret => startBroker(config, { files, args: [secret] })],
  ['--config', secret => startBroker(config, { files, args: [`--config=${secret}`] })],
  ['--listen', secret => startBroker(config, { files, args: [`--listen=${secret}`] })],
  ['--store', secret => startBroker(config, { files, args: [`--store=${secret}`] })],
  ['--behind-proxy', secret => startBroker(config, { files, args: [`--behind-proxy=${secret}`] })],
  ['--schema', secret => startBroker(config, { files, args: [`--schema=${secret}`] })],
]

describe('a private key given in the wrong place', () => {
  it.each(attempts)('is not repeated when it stands in %s', async (_where, attempt) => {
    for (const secret of [pem, base64, base64.slice(0, 60)]) {
      const error = await attempt(secret).then(
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
