import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { stringify } from 'yaml'
import { startBroker } from '../../test/support/broker.test.support.js'
import { configFileJsonSchema } from './config-file.js'

const connections = { users: { tenant: 'example.okta.com', clientId: '0oa1', apiToken: { file: 'x' } } }
const secretSha256 = 'a'.repeat(64)

// Nested arrays that share their items: YAML writes them as aliases, in a few hundred bytes.
function billionNames(): unknown {
  let level: unknown = ['lol']
  for (let depth = 0; depth < 9; depth++) level = Array(9).fill(level)
  return level
}

describe('a configuration', () => {
  it.each([
    ['without connections', {}, 'connections'],
    ['with a secret in it', { connections: { users: { ...connections.users, apiToken: 'a-secret' } } }, 'apiToken'],
    ['with a connection named callback', { connections: { callback: connections.users } }, 'callback'],
    ['with a client without a secret', { connections, clients: { a: { connections: ['users'] } } }, 'clients.a'],
    [
      'with a secret instead of its digest',
      { connections, clients: { a: { secretSha256: 'a-secret', connections: ['users'] } } },
      'secretSha256',
    ],
    [
      'with an invalid request rule',
      { connections, clients: { a: { secretSha256, connections: ['users'], requests: ['/x'] } } },
      'requests',
    ],
    [
      'without clients',
      { connections: { users: { tenant: 'example.okta.com', clientId: '0oa1', signIn: ['*'] } } },
      'clients',
    ],
    [
      'with an issuer that has more than a scheme, a host and a port',
      {
        issuer: 'https://broker.example.com/a-secret',
        connections: { users: { tenant: 'example.okta.com', clientId: '0oa1', signIn: ['*'] } },
        clients: { a: { secretSha256, connections: ['users'] } },
      },
      'issuer: must have only a scheme, a host and a port',
    ],
    [
      'with a user connection without signIn',
      {
        connections: { users: { tenant: 'example.okta.com', clientId: '0oa1' } },
        clients: { a: { secretSha256, connections: ['users'] } },
      },
      'signIn',
    ],
    [
      'with a private key of a client',
      {
        connections: { users: { tenant: 'example.okta.com', clientId: '0oa1', signIn: ['*'] } },
        clients: { a: { jwks: { keys: [{ kty: 'EC', d: 'x' }] }, connections: ['users'] } },
      },
      'public keys',
    ],
    ['whose aliases expand to a billion names', { connections, clients: billionNames() }, 'YAML'],
  ])('is rejected %s, with the path of the setting and not its value', async (_what, config, words) => {
    const attempt = startBroker(config)
    await expect(attempt).rejects.toMatchObject({ code: 'options_invalid' })
    const message = await attempt.catch(error => String(error.message))
    expect(message).toContain(words)
    expect(message).not.toContain('a-secret')
  })

  it.each([
    ['scopes', ['okta.users.read']],
    ['clientId', '0oa1'],
    ['authorizationServer', 'default'],
    ['grant', 'client_credentials'],
    ['dpop', 'always'],
    ['key', { file: 'key.json' }],
    ['keyId', 'k1'],
    ['clientSecret', { file: 'secret' }],
    ['loginHint', 'ada@example.com'],
    ['signIn', ['*']],
  ])('is rejected when %s has no effect on an API token', async (setting, value) => {
    const users = { tenant: 'example.okta.com', apiToken: { file: 'api-token' }, [setting]: value }
    const clients = { a: { secretSha256, connections: ['users'] } }
    const files = { 'api-token': 'a-secret' }
    await expect(startBroker({ connections: { users }, clients }, { files })).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining(`connections.users: ${setting} has no effect on a static API token`),
    })
  })

  it('is rejected when a profile or a client sets scopes for an API token', async () => {
    const home = await mkdtemp(join(tmpdir(), 'broker-home-'))
    vi.stubEnv('CONNECT_OKTA_CONFIG_DIR', home)
    const apiToken = { file: join(home, 'api-token') }
    await writeFile(apiToken.file, 'a-secret')
    const scopes = ['okta.users.read']
    const profiles = {
      wide: { tenant: 'example.okta.com', apiToken, scopes },
      plain: { tenant: 'example.okta.com', apiToken },
    }
    await writeFile(join(home, 'profiles.yaml'), stringify({ profiles }))
    const clients = { a: { secretSha256, connections: ['users'] } }
    await expect(startBroker({ connections: { users: { profile: 'wide' } }, clients })).rejects.toMatchObject({
      message: expect.stringContaining('connections.users: scopes (profile wide) has no effect'),
    })
    const limited = { a: { ...clients.a, scopes } }
    await expect(startBroker({ connections: { users: { profile: 'plain' } }, clients: limited })).rejects.toMatchObject(
      {
        message: expect.stringContaining('clients.a: scopes has no effect on users'),
      },
    )
    await (await startBroker({ connections: { users: { profile: 'plain' } }, clients })).stop()
    vi.unstubAllEnvs()
  })

  it('is rejected when a profile gets its tokens from another broker', async () => {
    const home = await mkdtemp(join(tmpdir(), 'broker-home-'))
    vi.stubEnv('CONNECT_OKTA_CONFIG_DIR', home)
    const profiles = { other: { broker: 'https://broker.example.com', clientId: 'deploy' } }
    await writeFile(join(home, 'profiles.yaml'), stringify({ profiles }))
    const clients = { a: { secretSha256, connections: ['users'] } }
    await expect(startBroker({ connections: { users: { profile: 'other' } }, clients })).rejects.toMatchObject({
      message: expect.stringContaining('connections.users: the profile other has a broker'),
    })
    const given = { tenant: 'example.okta.com', broker: 'https://broker.example.com' }
    await expect(startBroker({ connections: { users: given }, clients })).rejects.toMatchObject({
      message: expect.stringContaining('unknown setting: broker'),
    })
    vi.unstubAllEnvs()
  })

  it('resolves a relative path in a profile from the folder of the profiles', async () => {
    const home = await mkdtemp(join(tmpdir(), 'broker-home-'))
    vi.stubEnv('CONNECT_OKTA_CONFIG_DIR', home)
    await writeFile(join(home, 'api-token'), 'a-secret', { mode: 0o600 })
    const profiles = { plain: { tenant: 'example.okta.com', apiToken: { file: 'api-token' } } }
    await writeFile(join(home, 'profiles.yaml'), stringify({ profiles }))
    const clients = { a: { secretSha256, connections: ['users'] } }
    await (await startBroker({ connections: { users: { profile: 'plain' } }, clients })).stop()
    vi.unstubAllEnvs()
  })

  it('resolves ~ to the home folder, and is rejected when HOME is empty', async () => {
    const home = await mkdtemp(join(tmpdir(), 'broker-home-'))
    await writeFile(join(home, 'api-token'), 'a-secret', { mode: 0o600 })
    const users = { tenant: 'example.okta.com', apiToken: { file: '~/api-token' } }
    const given = { connections: { users }, clients: { a: { secretSha256, connections: ['users'] } } }
    // Windows.
    for (const variable of ['HOME', 'USERPROFILE']) vi.stubEnv(variable, home)
    await (await startBroker(given)).stop()
    for (const variable of ['HOME', 'USERPROFILE']) vi.stubEnv(variable, '')
    await expect(startBroker(given)).rejects.toMatchObject({ code: 'options_invalid' })
    vi.unstubAllEnvs()
  })

  it.each(['', '[]', '"text"', '{}', '{"keys":[]}', '{"keys":[null]}', '{"keys":"text"}'])(
    'is rejected when the jwks file contains no key: %s',
    async content => {
      const clients = { a: { jwks: { file: 'keys.json' }, connections: ['users'] } }
      const people = { users: { tenant: 'example.okta.com', clientId: '0oa1', signIn: ['*'] } }
      await expect(
        startBroker({ connections: people, clients }, { files: { 'keys.json': content } }),
      ).rejects.toMatchObject({
        code: 'options_invalid',
        message: expect.stringContaining('clients.a.jwks: must be a public key (JWK) or a set of public keys'),
      })
    },
  )

  it.each(['GET /a/**/b', 'GET /**/b', 'GET /a**', 'GET /a/***', 'GET /a**/**'])(
    'is rejected when ** is not the last segment of a rule: %s',
    async rule => {
      const clients = { a: { secretSha256, connections: ['users'], requests: [rule] } }
      await expect(startBroker({ connections, clients })).rejects.toMatchObject({
        code: 'options_invalid',
        message: expect.stringContaining('last segment'),
      })
    },
  )

  it('matches the published schema', async () => {
    const file = new URL('../../broker.schema.json', import.meta.url)
    const hint = 'packages/server: node dist/main.js --schema > broker.schema.json'
    expect(JSON.parse(await readFile(file, 'utf8')), hint).toEqual(JSON.parse(JSON.stringify(configFileJsonSchema())))
  })
})
