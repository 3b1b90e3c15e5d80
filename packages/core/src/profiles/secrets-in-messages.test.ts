import { execFile } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseClientKey } from '../client-key.js'
import {
  connect,
  connectOptionsOf,
  createMemoryStore,
  type Notice,
  openStore,
  readSettings,
  resume,
  saveProfile,
  type TokenRecord,
} from '../index.js'
import { fetchOnTheWay } from '../network.js'
import { openRedisStore } from '../stores/redis-store.js'
import { recordKeyOf } from '../token-record.js'
import { type Home, newHome } from './home.test.support.js'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const jwk = JSON.stringify(privateKey.export({ format: 'jwk' }))
const { thumbprint } = (await parseClientKey({ jsonWebKey: pem })) ?? { thumbprint: '' }
const base64 = (text: string) => Buffer.from(text).toString('base64')
const der = privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')
const apiToken = `00${'Qx7-'.repeat(10)}`
const app = { CONNECT_OKTA_TENANT: 'a.okta.com', CONNECT_OKTA_CLIENT_ID: '0oa1' }

let home: Home
beforeEach(async () => {
  home = await newHome()
})

// Everything that could reach a terminal or a log: a runtime prints causes too.
function everythingOf(error: unknown): string {
  return error instanceof Error
    ? [
        error.stack,
        error.message,
        JSON.stringify(error),
        JSON.stringify(Object.values(error)),
        everythingOf(error.cause),
      ].join()
    : JSON.stringify(error ?? '')
}

// Any ten characters of it in a row.
function partsOf(secret: string): readonly string[] {
  const plain = secret.replace(/\s/g, '')
  return Array.from({ length: Math.floor(plain.length / 10) }, (_, index) => plain.slice(index * 10, index * 10 + 10))
}

describe('a private key in a variable', () => {
  it.each([
    ['a PEM', pem],
    ['a PEM with escaped line ends', pem.replaceAll('\n', '\\n')],
    ['a PEM as a JSON string', JSON.stringify(pem)],
    ['a PEM in quotes that an env file left', `'${pem}'`],
    ['a PEM in Base64', base64(pem)],
    ['a PEM in Base64 with line breaks', base64(pem).replace(/.{76}/g, '$&\n')],
    ['a JWK', jwk],
    ['a JWK in quotes that an env file left', `'${jwk}'`],
    ['a JWK as a JSON string', JSON.stringify(jwk)],
    ['a JWK in Base64', base64(jwk)],
    ['a JWK in Base64url', Buffer.from(jwk).toString('base64url')],
  ])('is read as %s', async (_form, text) => {
    const options = await connectOptionsOf(
      await readSettings({}, {}, home.at({ ...app, CONNECT_OKTA_PRIVATE_KEY: text })),
    )
    const { jsonWebKey } = options as { jsonWebKey: string }
    expect((await parseClientKey({ jsonWebKey }))?.thumbprint).toBe(thumbprint)
  })
})

describe('a secret that stands where a path belongs', () => {
  const secrets = [
    ['half a key in Base64', base64(pem).slice(30)],
    ['a key in DER', der],
    ['an API token', apiToken],
    ['a short secret', 'correct-horse'],
    ['a secret that begins like a path', '/9jcorrecthorsebatterystaple'],
    ['half a PEM', pem.slice(40, -30).trim()],
  ] as const

  it.each(secrets)('is not shown by an error: %s', async (_what, secret) => {
    const file = { file: secret }
    const attempts = [
      ['CONNECT_OKTA_PRIVATE_KEY', () => readSettings({}, {}, home.at({ ...app, CONNECT_OKTA_PRIVATE_KEY: secret }))],
      ['OKTA_CLIENT_PRIVATEKEY', () => readSettings({}, {}, home.at({ ...app, OKTA_CLIENT_PRIVATEKEY: secret }))],
      ['given', () => readSettings({ ...given, key: file }, {}, home.at({}))],
      ['given', () => readSettings({ ...given, clientSecret: file }, {}, home.at({}))],
      ['given', () => readSettings({ ...given, apiToken: file }, {}, home.at({}))],
    ] as const
    for (const [origin, settings] of attempts) {
      const error: unknown = await settings()
        .then(connectOptionsOf)
        .then(
          () => undefined,
          (failure: unknown) => failure,
        )
      expect(error).toMatchObject({ code: 'options_invalid', message: expect.stringContaining(origin) })
      expect((error as Error).message).toContain(`${secret.length} characters`)
      for (const part of partsOf(secret)) expect(everythingOf(error)).not.toContain(part)
    }
  })

  const given = { tenant: 'a.okta.com', clientId: '0oa1' }

  it.each([
    ['the okta.yaml of Okta', () => okta(`privateKey: ${der}`)],
    ['the name of a profile', () => readSettings({}, { profile: der }, home.at({}))],
    ['the name of a new profile', () => saveProfile(der, {}, {}, home.at({}))],
    ['the scopes', () => connect({ ...given, scopes: [`${der}"`] })],
    ['the tenant itself', () => connect({ ...given, tenant: der.replaceAll('+', '/') })],
    [
      'the issuer, as a password',
      () => connect({ ...given, authorizationServer: `http://user:${apiToken}@127.0.0.1/as` }),
    ],
    ['the file of certificates', () => defaultFetchWith({ SSL_CERT_FILE: der })],
    ['a setting of a profile', () => profileWith(`${der}: x`)],
    ['the store of a profile, as a password', () => profileWith(`store: redis://:${apiToken}@redis.example`)],
    ['the tenant', () => connect({ ...given, tenant: `a.okta.com/${der}` })],
    ['the redirect URI', () => connect({ ...given, redirectUri: der })],
    ['the grant', () => connect({ ...given, grant: der as never })],
    ['the DPoP mode', () => connect({ ...given, dpop: der as never, jsonWebKey: pem })],
    ['the store', async () => openStore(der)],
    [
      'the file of the key of the store',
      async () => openRedisStore('redis://localhost', { CONNECT_OKTA_STORE_KEY_FILE: der }),
    ],
    ['the store, with a password', async () => openStore(`redis//:${apiToken}@redis.example`)],
    ['the id of a key', () => connect({ ...given, jsonWebKey: JSON.stringify({ keys: [{ kid: der }] }) })],
    ['the client of a stored sign-in', () => resume({ clientId: der }, { store: createMemoryStore() })],
    ['the scopes of a stored sign-in', () => resume({ scopes: [der] }, { store: createMemoryStore() })],
    ['the key itself, as text that is none', () => connect({ ...given, jsonWebKey: der.slice(7) })],
  ])('is not shown by an error: %s', async (_where, act) => {
    const error: unknown = await Promise.resolve()
      .then(act)
      .then(() => undefined)
      .catch((failure: unknown) => failure)
    expect(error).toHaveProperty('code')
    const all = everythingOf(error).toLowerCase()
    for (const part of [...partsOf(der), apiToken]) expect(all).not.toContain(part.toLowerCase())
  })

  const defaultFetchWith = (variables: Record<string, string>) =>
    fetchOnTheWay(fetch, variables, 'https://127.0.0.1:1', undefined)

  async function profileWith(line: string): Promise<unknown> {
    await home.write('config/profiles.yaml', `profiles:\n  p:\n    ${line}\n`)
    return await readSettings({}, { profile: 'p' }, home.at({}))
  }

  async function okta(line: string): Promise<unknown> {
    await home.write('.okta/okta.yaml', `okta:\n  client:\n    ${line}\n`)
    return await connectOptionsOf(await readSettings(given, {}, home.at({})))
  }

  it('is told from a path, which the error names', async () => {
    const path = join(home.path, 'no-such-file')
    const attempt = readSettings({ ...given, key: { file: path } }, {}, home.at({})).then(connectOptionsOf)
    await expect(attempt).rejects.toMatchObject({ message: `The key (given) cannot be read from ${path} (ENOENT).` })
  })
})

describe.skipIf(process.platform === 'win32')('a key file', () => {
  it('that has no end is an error, and not read to the end', async () => {
    const settings = readSettings({ tenant: 'a.okta.com', key: { file: '/dev/zero' } }, {}, home.at({}))
    await expect(settings.then(one => connectOptionsOf(one))).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining('EFBIG'),
    })
  })

  it('that other users can read gets a warning that says how to restrict it', async () => {
    const path = join(home.path, 'key.pem')
    await writeFile(path, pem)
    for (const [mode, count] of [
      [0o644, 1],
      [0o640, 1],
      [0o602, 1],
      [0o600, 0],
      [0o400, 0],
    ] as const) {
      await chmod(path, mode)
      const notices: Notice[] = []
      const settings = await readSettings({ tenant: 'a.okta.com', key: { file: path } }, {}, home.at({}))
      await connectOptionsOf(settings, notice => notices.push(notice))
      expect(notices).toHaveLength(count)
      if (count > 0) {
        expect(notices[0]).toMatchObject({
          code: 'key_file_readable',
          message: expect.stringContaining(`chmod 600 ${path}`),
        })
      }
    }
  })
})

describe('a secret of the environment', () => {
  it('is not sent to an authorization server that only a file names', async () => {
    await home.write(
      'config/profiles.yaml',
      'default: p\nprofiles:\n  p: { authorizationServer: "https://evil.example/as", scopes: [a] }\n',
    )
    const settings = readSettings({}, {}, home.at({ ...app, CONNECT_OKTA_CLIENT_SECRET: 'correct-horse' }))
    await expect(settings).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining('CLIENT_SECRET'),
    })
  })

  it('is not taken from a file in place of an app that was asked for', async () => {
    await home.write(
      'config/profiles.yaml',
      'default: p\nprofiles:\n  p: { tenant: a.okta.com, apiToken: { file: /nowhere/token } }\n',
    )
    for (const asked of [{ clientId: '0oa1' }, { scopes: ['okta.users.read'] }, { grant: 'device_code' as const }]) {
      const { values } = await readSettings({ tenant: 'a.okta.com', ...asked }, {}, home.at({}))
      expect(values).not.toHaveProperty('apiToken')
    }
  })

  it('is sent by resume only to the client that is given with it', async () => {
    const store = createMemoryStore()
    await store.exclusive(recordKeyOf(stored.login), slot => slot.write(stored))
    await store.exclusive('current', slot =>
      slot.write({ schema: 2, kind: 'current', recordKey: recordKeyOf(stored.login) }),
    )
    const sent: string[] = []
    const spy: typeof fetch = async (_url, init) => {
      sent.push(String(init?.body))
      return Response.json({ error: 'invalid_client' }, { status: 401 })
    }
    const session = await resume({ clientSecret: 'correct-horse' }, { store, fetch: spy })
    await session.token({ forceRefresh: true }).catch(() => {})
    await session.disconnect()
    expect(sent.join()).not.toContain('correct-horse')
    const { orgUrl: tenant, clientId } = stored.login
    await store.exclusive(recordKeyOf(stored.login), slot => slot.write(stored))
    const meant = await resume(
      { tenant, clientId, authorizationServer: 'default', clientSecret: 'correct-horse' },
      { store, fetch: spy },
    )
    await meant.token({ forceRefresh: true }).catch(() => {})
    expect(sent.join()).toContain('correct-horse')
  })

  const stored: TokenRecord = {
    schema: 2,
    kind: 'token',
    login: {
      orgUrl: 'https://b.okta.com',
      authorizationServer: 'default',
      clientId: '0oa1',
      identity: { type: 'app' },
      scopes: ['orders.read'],
    },
    grant: 'client_credentials',
    generation: 'one',
    accessToken: 'a-token',
    tokenType: 'Bearer',
    needsCredential: true,
    grantedScopes: ['orders.read'],
    obtainedAt: Date.now(),
    expiresAt: Date.now() + 3600_000,
  }

  it.each([
    ['CONNECT_OKTA_API_TOKEN', apiToken],
    ['OKTA_CLIENT_TOKEN', apiToken],
    ['CONNECT_OKTA_CLIENT_SECRET', 'correct-horse'],
  ])('is not sent to an org that only a file names: %s', async (variable, secret) => {
    await home.write('config/profiles.yaml', 'default: p\nprofiles:\n  p: { tenant: evil.example }\n')
    const settings = readSettings({}, {}, home.at({ [variable]: secret }))
    await expect(settings).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining(variable),
    })
    await settings.catch(error => expect(everythingOf(error)).not.toContain(secret))
    // The user named the profile, or the org: then it is meant.
    expect((await readSettings({}, { profile: 'p' }, home.at({ [variable]: secret }))).values.tenant).toBe(
      'evil.example',
    )
    expect((await readSettings({ tenant: 'a.okta.com' }, {}, home.at({ [variable]: secret }))).values.tenant).toBe(
      'a.okta.com',
    )
  })
})

describe('a user without a home folder', () => {
  it('needs none when everything is given', async () => {
    const world = {
      variables: {},
      home: undefined,
      get configDirectory(): string {
        throw new Error('there is none')
      },
      get stateDirectory(): string {
        throw new Error('there is none')
      },
    }
    expect((await readSettings({ tenant: 'a.okta.com', clientId: '0oa1' }, {}, world)).values.clientId).toBe('0oa1')
  })
})

// As a program in the folder of somebody else, with variables that lead there.
describe.skipIf(process.platform === 'win32')('a process in a hostile folder', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hostile-'))
    const profiles = 'default: p\nprofiles:\n  p: { tenant: evil.example, clientId: 0oaEvil }\n'
    for (const place of ['.config/connect-okta', 'connect-okta', 'config/connect-okta']) {
      await mkdir(join(folder, place), { recursive: true })
      await writeFile(join(folder, place, 'profiles.yaml'), profiles)
    }
  })
  afterEach(() => rm(folder, { recursive: true }))

  async function settingsWith(env: NodeJS.ProcessEnv): Promise<unknown> {
    const script = `
      import { readSettings, openStore } from ${JSON.stringify(new URL('../../dist/bundle/index.js', import.meta.url).href)}
      const { values } = await readSettings().catch(error => ({ values: { code: error.code, message: error.message } }))
      console.log(JSON.stringify({ ...values, store: openStore('file').location }))`
    const child = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      env: { PATH: process.env.PATH, ...env },
    })
    return JSON.parse((await child).stdout)
  }

  it.each([
    ['an empty HOME', { HOME: '' }],
    ['a relative HOME', { HOME: 'config' }],
    ['relative XDG folders', { HOME: tmpdir(), XDG_CONFIG_HOME: 'config', XDG_STATE_HOME: 'config' }],
    ['XDG folders that are a dot', { HOME: tmpdir(), XDG_CONFIG_HOME: '.', XDG_STATE_HOME: '.' }],
  ])('takes nothing from it and writes nothing into it with %s', async (_what, env) => {
    const found = (await settingsWith(env)) as { tenant?: string; store: string }
    expect(found.tenant).toBeUndefined()
    expect(found.store.startsWith('/')).toBe(true)
    expect(found.store.startsWith(folder)).toBe(false)
  })

  it.each(['CONNECT_OKTA_CONFIG_DIR', 'CONNECT_OKTA_STATE_DIR'])('refuses a relative %s', async variable => {
    const outcome = await settingsWith({ HOME: tmpdir(), [variable]: 'config' }).then(JSON.stringify, String)
    expect(outcome).toContain(`${variable} is not an absolute path`)
  })
})
