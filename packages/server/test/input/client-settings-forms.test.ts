import { createHash, createPrivateKey, createPublicKey } from 'node:crypto'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  basic,
  connectionOf,
  digestFor,
  filesOf,
  secretOf,
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

describe('secretSha256', () => {
  const hex = digestFor('payroll')
  it.each<[string, unknown]>([
    ['in upper case', hex.toUpperCase()],
    ['with the name of the algorithm', `sha256:${hex}`],
    ['with spaces around it', ` ${hex}\n`],
    ['with the output of sha256sum', `${hex}  -`],
    ['with the output of openssl dgst', `SHA2-256(stdin)= ${hex}`],
    ['with colons between its bytes', hex.replace(/..(?!$)/g, '$&:')],
    [
      'of echo, which adds a line end to the secret',
      createHash('sha256')
        .update(`${secretOf('payroll')}\n`)
        .digest('hex'),
    ],
    ['in a list that is one text', `${'a'.repeat(64)}, ${hex}`],
  ])('is accepted %s', async (_form, secretSha256) => {
    await using broker = await start({ clients: { payroll: payroll({ secretSha256 }) } })
    expect(await scopesOfToken(broker)).toBe('okta.users.read')
  })

  it.each<[string, string]>([
    ['Base64, which may be the secret itself', Buffer.from(hex, 'hex').toString('base64')],
    ['40 hexadecimal digits, like a SHA-1 hash', hex.slice(24)],
    ['128 hexadecimal digits, like a SHA-512 hash', hex + hex],
    ['a bcrypt hash', '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW'],
    ['an unresolved placeholder', '%PAYROLL_DIGEST%'],
  ])('is rejected with the name of its form when it is %s', async (form, secretSha256) => {
    const message = await messageOf({ clients: { payroll: payroll({ secretSha256 }) } })
    expect(message).toContain(`this is ${form}`)
    expect(message).not.toContain(secretSha256)
  })

  it.each(['', '\n', '\r\n'])('is rejected when it is the digest of an empty secret: %j', async secret => {
    const secretSha256 = createHash('sha256').update(secret).digest('hex').toUpperCase()
    const message = await messageOf({ clients: { payroll: payroll({ secretSha256: [hex, secretSha256] }) } })
    expect(message).toContain('is the SHA-256 of an empty secret')
  })
})

describe('connections of a client', () => {
  it('is rejected with the connections when it is a wildcard', async () => {
    const message = await messageOf({ clients: { payroll: payroll({ connections: ['*'] }) } })
    expect(message).toContain('list the names of the connections')
  })
})

describe('requests', () => {
  it.each<[string, unknown, string]>([
    ['a parameter of a path', 'GET /api/v1/users/{userId}', 'use * for one segment: "GET /api/v1/users/*"'],
    ['a query', ['GET /api/v1/users?limit=*'], 'a rule has no query'],
    ['a fragment', ['GET /api/v1/users#limit'], 'a rule has no query'],
    ['several rules in one line', 'GET /api/v1/users, POST /api/v1/groups', 'one rule in each line'],
    ['several rules in an entry', ['GET /a;POST /b'], 'one rule in each line'],
    ['a URL', ['GET https://example.okta.com/api/v1/users'], 'begins with a slash'],
    ['a placeholder', ['GET $(API_PATH)'], 'an unresolved placeholder'],
    ['no method', ['/api/v1/users'], 'must be a rule such as "GET /api/v1/users/**"'],
    ['another wildcard', ['GET /api/**/users'], '"**" is only allowed as the last segment'],
  ])('is rejected with what a rule must be when it has %s', async (_what, requests, words) => {
    expect(await messageOf({ clients: { payroll: payroll({ requests }) } })).toContain(words)
  })
})

describe('jwks', () => {
  const publicKey = () => createPublicKey(createPrivateKey({ key: okta.client('service').jwk as never, format: 'jwk' }))
  const pem = () => String(publicKey().export({ type: 'spki', format: 'pem' }))
  const der = () => publicKey().export({ type: 'spki', format: 'der' })
  const jwk = () => publicKey().export({ format: 'jwk' })
  const settings = (jwks: unknown) => ({ clients: { export: { jwks, connections: ['users'] } } })
  const accepted = async (jwks: unknown, files: TestBrokerOptions['files'] = {}) => {
    await using broker = await start(settings(jwks), { files })
    return broker.printed()
  }

  it('is accepted as one JWK, as JSON text, and in PEM', async () => {
    for (const jwks of [jwk(), JSON.stringify({ keys: [jwk()] }), pem()])
      expect(await accepted(jwks)).toContain('Serving')
  })

  it.each<[string, () => string | Uint8Array]>([
    ['a JWK in UTF-16', () => utf16(JSON.stringify(jwk()))],
    ['a JWK in Base64', () => Buffer.from(JSON.stringify(jwk())).toString('base64')],
    ['PEM', pem],
    ['PEM in UTF-16', () => utf16(pem())],
    ['PEM in Base64', () => Buffer.from(pem()).toString('base64')],
    ['PEM with escaped line ends', () => pem().replaceAll('\n', '\\n')],
    ['PEM with spaces instead of line ends', () => pem().replaceAll('\n', ' ')],
    ['PEM with lines that end with CR', () => pem().replaceAll('\n', '\r')],
    ['indented PEM', () => pem().replace(/^/gm, '    ')],
    ['PKCS#1 in PEM', () => String(publicKey().export({ type: 'pkcs1', format: 'pem' }))],
    ['DER', der],
    ['PKCS#1 in DER', () => publicKey().export({ type: 'pkcs1', format: 'der' })],
    ['DER in Base64', () => der().toString('base64')],
  ])('is accepted as a file with %s', async (_form, content) => {
    expect(await accepted({ file: 'keys' }, { keys: content() })).toContain('Serving')
  })

  it.each(['\\n', ' '])('is accepted as PEM in the configuration with %j instead of line ends', async end => {
    expect(await accepted(pem().replaceAll('\n', end))).toContain('Serving')
  })

  it('is rejected without repeating it when it is a private key', async () => {
    const key = createPrivateKey({ key: okta.client('service').jwk as never, format: 'jwk' })
    const forms = [
      key.export({ type: 'pkcs8', format: 'pem' }),
      key.export({ type: 'pkcs8', format: 'der' }),
      key.export({ type: 'pkcs1', format: 'der' }),
      Buffer.from(key.export({ type: 'pkcs8', format: 'pem' })).toString('base64'),
      JSON.stringify(okta.client('service').jwk),
    ]
    for (const keys of forms) {
      const message = await messageOf(settings({ file: 'keys' }), { files: { keys } })
      expect(message).toContain('clients.export.jwks: must contain only public keys')
      expect(message).not.toContain(String(keys).slice(100, 120))
    }
  })

  it.each(['', 'a text', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'])(
    'is rejected when it has no key: %j',
    async keys => {
      const message = await messageOf(settings({ file: 'keys' }), { files: { keys } })
      expect(message).toContain('clients.export.jwks: must be a public key (JWK) or a set of public keys (JWKS)')
    },
  )
})
