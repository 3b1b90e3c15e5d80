import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ConfigError, parseConfig } from './config-file.js'
import { configJsonSchema } from './config-schema.js'

describe('a configuration file', () => {
  it('contains the options of the emulator in YAML', () => {
    const text = `
people: 3
clients:
  - kind: service
    scopes: [okta.users.read]
    dpop: true
users:
  - login: ada@example.com
    password: a password
`
    expect(parseConfig(text)).toEqual({
      people: 3,
      clients: [{ kind: 'service', scopes: ['okta.users.read'], dpop: true }],
      users: [{ login: 'ada@example.com', password: 'a password' }],
    })
  })

  it('can be JSON, and can be empty', () => {
    expect(parseConfig('{"clients": [{"kind": "spa"}]}')).toEqual({ clients: [{ kind: 'spa' }] })
    expect(parseConfig('')).toEqual({})
  })

  it.each([
    ['clients: [{ kind: spaa }]', 'clients[0].kind: '],
    ['clients: [{ kind: spa }, { kind: spa, scope: x }]', 'clients[1]: Unrecognized key: "scope"'],
    ['clients: [{ kind: spa, clientId: short }]', 'clients[0].clientId: must be 20 letters or digits'],
    ['clients: [{ kind: spa, redirectUris: [nowhere] }]', 'clients[0].redirectUris[0]: '],
    ['clients: [{ kind: service, jwks: { keys: [{ kty: RSA, d: secret }] } }]', 'keys[0]: must be a public key'],
    ['refreshGraceSeconds: 61', 'refreshGraceSeconds: '],
    ['orgUrl: ftp://example.okta.com', 'orgUrl: '],
    ['users: [{ password: x }]', 'users[0].login: '],
    ['rateLimits: { buckets: { users: { limit: 1 } } }', 'rateLimits.buckets.users: '],
    ['clock: { fixedAt: yesterday }', 'clock.fixedAt: '],
    ['authorizationServers: [{ id: ../x }]', 'authorizationServers[0].id: '],
    ['just words', '(the file): '],
  ])('is rejected with the name of the field when it contains %s', (text, message) => {
    expect(() => parseConfig(text)).toThrow(ConfigError)
    expect(() => parseConfig(text)).toThrow(message)
  })

  it('can contain every option', () => {
    const text = `
authorizationServers: [{ id: default, scopes: [orders], accessTokenLifetimeSeconds: 300 }]
apiTokens: [{ value: 00token, login: ada@example.com }]
rateLimits: { buckets: { /api/*: { limit: 60, perClient: true } }, doubledHeaders: true }
clock: { fixedAt: "2026-01-02T03:04:05Z" }
seed: a seed
clients: [{ kind: web, authentication: private_key_jwt, grantTypes: [authorization_code], adminRole: false }]
`
    expect(parseConfig(text)).toMatchObject({ seed: 'a seed', clients: [{ authentication: 'private_key_jwt' }] })
  })

  it('has an up-to-date schema in schema/', () => {
    const file = new URL('../../schema/okta-emulator.schema.json', import.meta.url)
    const hint = 'packages/emulator: node dist/main.js --schema > schema/okta-emulator.schema.json, then format it'
    expect(JSON.parse(readFileSync(file, 'utf8')), hint).toEqual(JSON.parse(JSON.stringify(configJsonSchema())))
  })

  it('is rejected with the names of all invalid fields', () => {
    expect(() => parseConfig('people: -1\nport: 70000')).toThrow(/port: .*\n.*people: |people: .*\n.*port: /s)
  })

  it.each([
    ['an invalid value', 'people: 1\nclients:\n  - kind: spa\n    dpop: perhaps\n', 'line 4: clients[0].dpop: '],
    ['an unknown field', 'clients:\n  - kind: spa\n    scope: x\n', 'line 3: clients[0]: Unrecognized key: "scope"'],
    ['a missing field', 'users:\n  - login: a@example.com\n  - password: x\n', 'line 3: users[1].login: '],
    ['an unknown field at the top', 'people: 1\nuser: []\n', 'line 2: (the file): Unrecognized key: "user"'],
  ])('names the line of %s', (_case, text, message) => {
    expect(() => parseConfig(text)).toThrow(message)
  })

  it('is rejected when it refers to an anchor that does not exist', () => {
    expect(() => parseConfig('clients: *unknown')).toThrow(ConfigError)
  })

  it('is rejected with the line, without its text, when it is not YAML', () => {
    const text = 'clients:\n  - clientSecret: "a secret" another\n'
    expect(() => parseConfig(text)).toThrow(/^line 2, column \d+: [^\n]+\.$/)
    expect(() => parseConfig(text)).not.toThrow(/secret/)
  })
})
