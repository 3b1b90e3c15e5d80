import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { startBroker } from '../broker.test.support.js'
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
