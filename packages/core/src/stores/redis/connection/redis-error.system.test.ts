import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { freePort } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createPrivateCertificate } from '../../../../../../scripts/testing/private-certificate.js'
import { newFolder } from '../../../../test/support/new-folder.test.support.js'
import { type RedisServer, sendCommand, startRedis } from '../../../../test/support/redis-server.test.support.js'
import { redisConnection } from './redis-connection.js'
import { redisError } from './redis-error.js'

const { redisServer } = inject('systemNeeds')
const plain = 'redis://127.0.0.1'

async function failureOf(address: string): Promise<{ code: string; message: string; hint: string }> {
  const connection = redisConnection(address)
  const failure = await connection
    .run(redis => redis.set('connect-okta:record:x', 'y'.repeat(100)))
    .then(
      () => expect.unreachable('the command succeeded'),
      error => error,
    )
  connection.close()
  expect(JSON.stringify(failure)).not.toContain('a-redis-password')
  return failure
}

it('does not repeat the message of a server, which may repeat a password', () => {
  const message = "ERR unknown command 'AUTH', with args beginning with: 'a-redis-password'"
  const error = redisError('redis://cache:6379', undefined, message)
  expect(error.message).toBe('The Redis server redis://cache:6379 does not support a command that is needed (ERR).')
  expect(JSON.stringify([error, String(error.cause)])).not.toContain('a-redis-password')
})

describe.skipIf(redisServer === undefined)('an error of a Redis', () => {
  let redis: RedisServer
  let withTls: RedisServer
  let tlsPort: number
  beforeAll(async () => {
    const folder = await newFolder()
    const { cert, key } = createPrivateCertificate()
    const [certPath, keyPath] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    await writeFile(certPath, cert)
    await writeFile(keyPath, key)
    tlsPort = await freePort()
    const tls = ['--tls-port', String(tlsPort), '--tls-cert-file', certPath, '--tls-key-file', keyPath]
    redis = await startRedis(redisServer ?? '')
    withTls = await startRedis(redisServer ?? '', [...tls, '--tls-ca-cert-file', certPath, '--tls-auth-clients', 'no'])
  })
  afterAll(async () => {
    await redis.stop()
    await withTls.stop()
  })

  async function afterCommands(commands: readonly (readonly string[])[], undo: readonly string[], address = redis.url) {
    for (const command of commands) await sendCommand(redis.url, [...command])
    try {
      return await failureOf(address)
    } finally {
      await sendCommand(
        redis.url.replace('//', commands.flat().includes('requirepass') ? '//:a-redis-password@' : '//'),
        [...undo],
      )
    }
  }

  it('reports a missing password', async () => {
    const { message, hint } = await afterCommands(
      [['CONFIG', 'SET', 'requirepass', 'a-redis-password']],
      ['CONFIG', 'SET', 'requirepass', ''],
    )
    expect(message).toBe(`The Redis server ${redis.url} requires a password (NOAUTH).`)
    expect(hint).toContain('NAME:PASSWORD@')
  })

  it('reports a wrong password', async () => {
    const commands = [['CONFIG', 'SET', 'requirepass', 'a-redis-password']]
    const address = redis.url.replace('//', '//:wrong@')
    const { message } = await afterCommands(commands, ['CONFIG', 'SET', 'requirepass', ''], address)
    expect(message).toContain('rejects the username or the password (WRONGPASS)')
  })

  it('reports missing permissions of the user', async () => {
    const commands = [['ACL', 'SETUSER', 'ann', 'on', '>a-redis-password', '~other:*', '+@all']]
    const address = redis.url.replace('//', '//ann:a-redis-password@')
    const { message, hint } = await afterCommands(commands, ['ACL', 'DELUSER', 'ann'], address)
    expect(message).toContain('does not allow this user to run a command or access a key (NOPERM)')
    expect(hint).toContain('~connect-okta:*')
  })

  it('reports a replica', async () => {
    const commands = [['REPLICAOF', '127.0.0.1', new URL(withTls.url).port]]
    const { hint } = await afterCommands(commands, ['REPLICAOF', 'NO', 'ONE'])
    expect(hint).toBe('Use the address of the primary.')
  })

  it('reports that there is no memory left', async () => {
    const { message } = await afterCommands([['CONFIG', 'SET', 'maxmemory', '1']], ['CONFIG', 'SET', 'maxmemory', '0'])
    expect(message).toContain('has no memory left (OOM)')
  })

  it('reports a database number that does not exist', async () => {
    expect((await failureOf(`${redis.url}/99`)).message).toContain('has no database with this number')
  })

  it('reports a node of a cluster', async () => {
    const node = await startRedis(redisServer ?? '', ['--cluster-enabled', 'yes'])
    expect((await failureOf(node.url)).message).toContain('is a node of a Redis Cluster')
    await node.stop()
  })

  it('reports a certificate that is not trusted', async () => {
    const { message, hint } = await failureOf(`rediss://127.0.0.1:${tlsPort}`)
    expect(message).toContain('has a certificate that is not trusted')
    expect(hint).toContain('NODE_EXTRA_CA_CERTS')
  })

  it('suggests the other scheme when only one side uses TLS', async () => {
    expect((await failureOf(withTls.url.replace('redis:', 'rediss:'))).hint).toContain('redis://')
    expect((await failureOf(`${plain}:${tlsPort}`)).hint).toContain('rediss://')
  })

  it('distinguishes a closed port from an unknown host name', async () => {
    expect((await failureOf(`${plain}:1`)).message).toContain('refuses connections (ECONNREFUSED)')
    expect((await failureOf('redis://no-such-host.invalid')).message).toContain('cannot be resolved')
  })
})
