import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isOktaConnectError } from '@connect-okta/core'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { parseListenAddress, requireSafe } from '../../src/config/listen-address.js'
import { loadClients, loadConnections, readConfigFile } from '../../src/config/load-config.js'
import { networkList, proxyList } from '../../src/http/networks.js'
import { canary, casesFor, given, mutated } from './fuzz.test.support.js'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'configured-'))
})

const whole = {
  listen: '127.0.0.1:8090',
  store: 'memory',
  connections: { users: { tenant: 'example.okta.com', clientId: '0oa1', scopes: ['okta.users.read'], signIn: ['*'] } },
  clients: {
    payroll: { secretSha256: 'a'.repeat(64), connections: ['users'], access: ['proxy'], requests: ['GET /api/**'] },
  },
}
const names = [
  ...Object.keys(whole),
  ...[
    'issuer',
    'tls',
    'behindProxy',
    'metricsFrom',
    'log',
    'users',
    'payroll',
    'tenant',
    'clientId',
    'scopes',
    'key',
    'file',
  ],
  ...[
    'keyring',
    'jwks',
    'keys',
    'secretSha256',
    'access',
    'requests',
    'minValidity',
    'ratePerMinute',
    '__proto__',
    'constructor',
  ],
]
const { tree } = fc.letrec(tie => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<unknown>(
      canary,
      'users',
      'example.okta.com',
      'localhost:8090',
      '10.0.0.0/8',
      '10.0.0.5',
      '5m',
      '*',
      0,
      -1,
      1e99,
      true,
      null,
    ),
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...names), tie('tree'), { maxKeys: 5, noNullPrototype: true }),
  ),
}))
const changed = fc
  .tuple(
    fc.subarray(Object.keys(whole)),
    fc.dictionary(fc.constantFrom(...names), tree, { maxKeys: 2, noNullPrototype: true }),
  )
  .map(([kept, more]) => ({
    ...Object.fromEntries(Object.entries(whole).filter(([name]) => kept.includes(name))),
    ...more,
  }))
const texts = fc.oneof(
  changed.map(one => stringify(one)),
  changed.map(one => JSON.stringify(one)),
  mutated(fc.constant(stringify(whole))),
  fc.string({ unit: 'binary' }).map(text => text + canary),
)

describe('a random configuration', () => {
  it('is accepted, or rejected with an error that does not contain its values', async () => {
    const path = join(folder, 'broker.yaml')
    await fc.assert(
      given(texts, async text => {
        await writeFile(path, text)
        try {
          const found = await readConfigFile(path)
          requireSafe(found.file, parseListenAddress(found.file.listen))
          const { behindProxy = [], metricsFrom } = found.file
          if (typeof behindProxy !== 'number') proxyList(behindProxy)
          networkList(metricsFrom)
          await loadClients(found)
          await loadConnections(found)
        } catch (error) {
          if (!isOktaConnectError(error)) throw error
          // The canary may be anywhere, except in the tenant, which errors contain.
          const printed = [error.message, error.hint, String(error.cause), JSON.stringify(error)].join()
          if (!text.includes(`tenant: ${canary}`)) expect(printed).not.toContain(canary)
        }
        expect(({} as Record<string, unknown>).tenant).toBeUndefined()
      }),
      casesFor(0.1),
    )
  })
})
