import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { stringify } from 'yaml'
import { startBroker } from '../../test/support/broker.test.support.js'
import { configFileJsonSchema } from './config-file.js'

const connections = { users: { tenant: 'example.okta.com', clientId: '0oa1', apiToken: { file: 'x' } } }
const secretSha256 = 'a'.repeat(64)

// Nine times nine times …: what is shared is written as aliases, a few hundred bytes of them.
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
    ['with a caller without a secret', { connections, callers: { a: { connections: ['users'] } } }, 'callers.a'],
    [
      'with a secret in the place of its digest',
      { connections, callers: { a: { secretSha256: 'a-secret', connections: ['users'] } } },
      'secretSha256',
    ],
    [
      'with a rule that is none',
      { connections, callers: { a: { secretSha256, connections: ['users'], requests: ['/x'] } } },
      'requests',
    ],
    [
      'without callers',
      { connections: { users: { tenant: 'example.okta.com', clientId: '0oa1', signIn: ['*'] } } },
      'callers',
    ],
    [
      'with an issuer that has more than a scheme, a host and a port',
      {
        issuer: 'https://broker.example.com/a-secret',
        connections: { users: { tenant: 'example.okta.com', clientId: '0oa1', signIn: ['*'] } },
        callers: { a: { secretSha256, connections: ['users'] } },
      },
      'issuer: it has only a scheme, a host and a port',
    ],
    [
      'with nobody who may sign in',
      {
        connections: { users: { tenant: 'example.okta.com', clientId: '0oa1' } },
        callers: { a: { secretSha256, connections: ['users'] } },
      },
      'signIn',
    ],
    [
      'with a private key of a caller',
      {
        connections: { users: { tenant: 'example.okta.com', clientId: '0oa1', signIn: ['*'] } },
        callers: { a: { jwks: { keys: [{ kty: 'EC', d: 'x' }] }, connections: ['users'] } },
      },
      'public keys',
    ],
    ['that would be a billion names in memory', { connections, callers: billionNames() }, 'YAML'],
  ])('is refused %s, by the place of the fault alone', async (_what, config, words) => {
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
  ])('is refused when %s would have no effect on an API token', async (setting, value) => {
    const users = { tenant: 'example.okta.com', apiToken: { file: 'api-token' }, [setting]: value }
    const callers = { a: { secretSha256, connections: ['users'] } }
    const files = { 'api-token': 'a-secret' }
    await expect(startBroker({ connections: { users }, callers }, { files })).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining(`connections.users: ${setting} has no effect on a static API token`),
    })
  })

  it('is refused when the scopes on an API token come from a profile, or are those of a client', async () => {
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
    const callers = { a: { secretSha256, connections: ['users'] } }
    await expect(startBroker({ connections: { users: { profile: 'wide' } }, callers })).rejects.toMatchObject({
      message: expect.stringContaining('connections.users: scopes (profile wide) has no effect'),
    })
    const limited = { a: { ...callers.a, scopes } }
    await expect(startBroker({ connections: { users: { profile: 'plain' } }, callers: limited })).rejects.toMatchObject(
      {
        message: expect.stringContaining('callers.a: scopes has no effect on users'),
      },
    )
    await (await startBroker({ connections: { users: { profile: 'plain' } }, callers })).stop()
    vi.unstubAllEnvs()
  })

  it('finds a file by ~ in the home folder, and nowhere when HOME is empty', async () => {
    const home = await mkdtemp(join(tmpdir(), 'broker-home-'))
    await writeFile(join(home, 'api-token'), 'a-secret', { mode: 0o600 })
    const users = { tenant: 'example.okta.com', apiToken: { file: '~/api-token' } }
    const given = { connections: { users }, callers: { a: { secretSha256, connections: ['users'] } } }
    vi.stubEnv('HOME', home)
    await (await startBroker(given)).stop()
    vi.stubEnv('HOME', '')
    await expect(startBroker(given)).rejects.toMatchObject({ code: 'options_invalid' })
    vi.unstubAllEnvs()
  })

  it.each(['', '[]', '"text"', '{}', '{"keys":[]}', '{"keys":[null]}', '{"keys":"text"}'])(
    'is refused with a file of keys in which there are none: %s',
    async content => {
      const callers = { a: { jwks: { file: 'keys.json' }, connections: ['users'] } }
      const people = { users: { tenant: 'example.okta.com', clientId: '0oa1', signIn: ['*'] } }
      await expect(
        startBroker({ connections: people, callers }, { files: { 'keys.json': content } }),
      ).rejects.toMatchObject({
        code: 'options_invalid',
        message: expect.stringContaining('callers.a.jwks: it is neither'),
      })
    },
  )

  it.each(['GET /a/**/b', 'GET /**/b', 'GET /a**', 'GET /a/***', 'GET /a**/**'])(
    'is refused when a rule has ** elsewhere than in its last segment: %s',
    async rule => {
      const callers = { a: { secretSha256, connections: ['users'], requests: [rule] } }
      await expect(startBroker({ connections, callers })).rejects.toMatchObject({
        code: 'options_invalid',
        message: expect.stringContaining('last segment'),
      })
    },
  )

  it('has a published schema that is up to date', async () => {
    const file = new URL('../../broker.schema.json', import.meta.url)
    const hint = 'packages/server: node dist/main.js --schema > broker.schema.json'
    expect(JSON.parse(await readFile(file, 'utf8')), hint).toEqual(JSON.parse(JSON.stringify(configFileJsonSchema())))
  })
})
