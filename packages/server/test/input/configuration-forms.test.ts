import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  basic,
  connectionOf,
  digestFor,
  filesOf,
  startBroker,
  type TestBroker,
  type TestBrokerOptions,
} from '../support/broker.test.support.js'

let okta: OktaEmulator

beforeAll(async () => {
  okta = await startOktaEmulator({
    clients: [{ kind: 'service', scopes: ['okta.users.read', 'okta.groups.read'] }],
  })
})
afterAll(() => okta.close())

const users = (more: object = {}) => connectionOf(okta, okta.client('service'), more)
const payroll = (more: object = {}) => ({ secretSha256: digestFor('payroll'), connections: ['users'], ...more })
const config = (more: object = {}) => ({ connections: { users: users() }, clients: { payroll: payroll() }, ...more })
const start = (more: object = {}, options: TestBrokerOptions = {}) =>
  startBroker(config(more), { ...options, files: { ...filesOf(okta), ...options.files } })

async function scopesOfToken({ url }: TestBroker): Promise<unknown> {
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  const headers = { authorization: basic('payroll') }
  const response = await fetch(`${url}/oauth2/token`, { method: 'POST', headers, body })
  return ((await response.json()) as { scope?: string }).scope
}

async function messageOf(more: object, options: TestBrokerOptions = {}): Promise<string> {
  const error = await start(more, options).then(
    async broker => {
      await broker.stop()
      throw new Error('it started')
    },
    (error: { message: string; hint: string; code: string }) => error,
  )
  expect(error.code).toBe('options_invalid')
  return error.message
}

const utf16 = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')

describe('the configuration file', () => {
  it.each<[string, (text: string) => string | Uint8Array]>([
    ['UTF-8 with a byte order mark', text => `\ufeff${text}`],
    ['UTF-16 LE, as Windows PowerShell 5.1 writes it', utf16],
    ['UTF-16 BE', text => utf16(text).swap16()],
    ['UTF-16 LE without a byte order mark', text => Buffer.from(text, 'utf16le')],
    ['lines that end with CR LF', text => text.replaceAll('\n', '\r\n')],
    ['lines that end with CR', text => text.replaceAll('\n', '\r')],
  ])('is read when it has %s', async (_form, encode) => {
    await using broker = await start({}, { encode })
    expect(await scopesOfToken(broker)).toBe('okta.users.read')
  })

  it('is read when its key file has another encoding', async () => {
    const { clientId, jwk } = okta.client('service')
    await using broker = await start({}, { files: { [`${clientId}.json`]: utf16(JSON.stringify(jwk)) } })
    expect(await scopesOfToken(broker)).toBe('okta.users.read')
  })

  it.each([
    'okta.users.read;okta.groups.read',
    'okta.users.read, okta.groups.read',
    '["okta.users.read","okta.groups.read"]',
    'okta.users.read\nokta.groups.read',
  ])('accepts scopes as one text: %s', async scopes => {
    await using broker = await start({
      connections: { users: users({ scopes }) },
      clients: { payroll: payroll({ scopes }) },
    })
    expect(await scopesOfToken(broker)).toBe('okta.groups.read okta.users.read')
  })

  it('accepts numbers and booleans in quotes, words in upper case, and lists as one text', async () => {
    await using broker = await start({
      connections: { users: users({ grant: 'Client_Credentials', dpop: 'AUTO' }) },
      clients: {
        payroll: payroll({
          ...{ connections: 'users', access: 'token, sign', ratePerMinute: '60', mayRevoke: 'yes' },
          requests: 'get, post /api/v1/users\nGET /api/v1/groups/**',
        }),
      },
      log: { level: 'INFO', requests: 'true' },
      metricsFrom: '127.0.0.1, ::1',
      behindProxy: '1',
    })
    expect(await scopesOfToken(broker)).toBe('okta.users.read')
  })

  it('accepts the addresses of proxies as one text', async () => {
    await using broker = await start({ behindProxy: '10.0.0.5, 10.0.0.6' })
    expect(await scopesOfToken(broker)).toBe('okta.users.read')
  })

  it.each<[string, object, string]>([
    [
      'in snake case',
      { connections: { users: { client_id: 'a' } } },
      'unknown setting: client_id. Did you mean clientId?',
    ],
    ['of another server', { publicUrl: 'https://x.example.com' }, 'unknown setting: publicUrl. Did you mean issuer?'],
    ['that is not known', { colour: 'red' }, 'unknown setting: colour. The settings are listen, issuer, store'],
    ['without a unit', { shutdownDelay: 5 }, 'shutdownDelay: must be a duration such as 90s, 5m, 1h or 30d'],
    ['that is a number', { connections: { users: { keyId: 7 } } }, 'keyId: must be a string: use quotes'],
    ['that is empty', { issuer: null }, 'issuer: is empty: set it, or remove it'],
    ['that was not filled in', { store: '$(REDIS_URL)' }, 'store.address: contains an unresolved placeholder'],
    ['with a template in the issuer', { issuer: 'https://{{host}}' }, 'issuer: contains an unresolved placeholder'],
    ['with a variable in the issuer', { issuer: 'https://{host}' }, 'issuer: contains an unresolved placeholder'],
    ['with a port that begins with zero', { listen: 'localhost:080' }, 'listen: must be HOST:PORT'],
    ['that is misspelt', { metricsfrm: [] }, 'unknown setting: metricsfrm. Did you mean metricsFrom?'],
    ['for a network of proxies', { behindProxy: ['10.0.0.0/8'] }, 'networks are not accepted'],
    ['for a network of proxies as one text', { behindProxy: '10.0.0.5, 10.0.0.0/8' }, 'networks are not accepted'],
    [
      'with a word that does not exist',
      { connections: { users: { dpop: true } } },
      'dpop: must be one of auto, always',
    ],
  ])('is rejected with a setting %s', async (_what, more, words) => {
    expect(await messageOf(more)).toContain(words)
  })

  it('is rejected with the name of the connection when the core rejects its settings', async () => {
    const message = await messageOf({ connections: { users: users(), other: users({ clientId: '0oa 1' }) } })
    expect(message).toMatch(/^connections\.other: /)
  })
})

describe('a broker without a configuration file', () => {
  it('uses the key, the scopes and the store of the variables', async () => {
    const { clientId, jwk } = okta.client('service')
    vi.stubEnv('CONNECT_OKTA_TENANT', `"${okta.orgUrl.origin}"`)
    vi.stubEnv('CONNECT_OKTA_CLIENT_ID', clientId)
    vi.stubEnv('CONNECT_OKTA_PRIVATE_KEY', JSON.stringify(jwk))
    vi.stubEnv('CONNECT_OKTA_SCOPES', 'okta.users.read;okta.groups.read')
    vi.stubEnv('CONNECT_OKTA_STORE', 'memory')
    vi.stubEnv('CONNECT_OKTA_CONFIG_DIR', '/nonexistent/connect-okta')
    const { loadProfilesConfig } = await import('../../src/config/profiles-config.js')
    const { loadConnections } = await import('../../src/config/load-config.js')
    const config = await loadProfilesConfig()
    vi.unstubAllEnvs()
    expect(config.file.store).toEqual({ address: 'memory' })
    const [connection] = await loadConnections(config)
    expect(connection?.options).toMatchObject({ clientId, scopes: ['okta.users.read', 'okta.groups.read'] })
    expect(connection?.options).toHaveProperty('jsonWebKey')
  })
})
