import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { startOktaEmulator } from '@connect-okta/emulator'
import { describe, expect, it } from 'vitest'
import { useTestHome } from '../../../test/support/test-home.test.support.js'
import { connect } from '../../index.js'
import { createMemoryStore } from '../../stores/memory-store.js'
import { requireConnectOptions } from '../require-connect-options.js'
import { connectOptionsOf } from './connect-options-of.js'
import { listProfiles, saveProfile } from './profiles.js'
import { readSettings } from './read-settings.js'

const home = useTestHome()

const writeProfiles = (text: string) => home.write('config/profiles.yaml', text)
const writeOktaYaml = (text: string) => home.write('.okta/okta.yaml', text)

describe('readSettings', () => {
  it('returns no values without configuration', async () => {
    expect(await readSettings({}, {}, home.environment())).toEqual({ values: {}, origins: {}, profile: undefined })
  })

  it('uses the source with the highest precedence and returns the origin of each value', async () => {
    await writeProfiles('default: work\nprofiles:\n  work:\n    scopes: [okta.apps.read]\n    loginHint: a@b.example\n')
    await writeOktaYaml('okta:\n  client:\n    orgUrl: https://yaml.okta.com\n    scopes: [okta.logs.read]\n')
    const { values, origins, profile } = await readSettings(
      { dpop: 'always' },
      {},
      home.environment({
        CONNECT_OKTA_DPOP: 'never',
        CONNECT_OKTA_CLIENT_ID: '0oa1',
        OKTA_CLIENT_SCOPES: 'okta.users.read okta.groups.read',
      }),
    )
    expect(values).toEqual({
      dpop: 'always',
      clientId: '0oa1',
      scopes: ['okta.users.read', 'okta.groups.read'],
      loginHint: 'a@b.example',
      tenant: 'https://yaml.okta.com',
    })
    expect(origins).toEqual({
      dpop: 'given',
      clientId: 'CONNECT_OKTA_CLIENT_ID',
      scopes: 'OKTA_CLIENT_SCOPES',
      loginHint: 'profile work',
      tenant: join(home.path, '.okta', 'okta.yaml'),
    })
    expect(profile).toBe('work')
  })

  it('prefers an explicit profile to the home.environment(), and the environment to the default profile', async () => {
    await writeProfiles('default: one\nprofiles:\n  one: { scopes: a.read }\n  two: { scopes: b.read }\n')
    const variables = { OKTA_CLIENT_SCOPES: 'env.read' }
    const scopesOf = async (profile?: string, more = {}) =>
      (await readSettings({}, profile === undefined ? {} : { profile }, home.environment({ ...variables, ...more })))
        .values.scopes
    expect(await scopesOf()).toEqual(['env.read'])
    expect(await scopesOf('one')).toEqual(['a.read'])
    expect(await scopesOf(undefined, { CONNECT_OKTA_PROFILE: 'two' })).toEqual(['b.read'])
    expect(await scopesOf('one', { CONNECT_OKTA_PROFILE: 'two' })).toEqual(['a.read'])
  })

  it('lists the existing profiles when the given one does not exist', async () => {
    await writeProfiles('profiles:\n  one: { tenant: one.okta.com }\n')
    await expect(readSettings({}, { profile: 'on' }, home.environment())).rejects.toMatchObject({
      code: 'options_invalid',
      hint: 'The profiles are: one.',
    })
    await expect(readSettings({}, { profile: '__proto__' }, home.environment())).rejects.toMatchObject({
      code: 'options_invalid',
    })
  })

  it.each([
    ['PrivateKey', { key: { file: '/keys/okta.pem' }, keyId: 'k1' }],
    ['SSWS', { apiToken: { text: 'a-token' } }],
    ['', { apiToken: { text: 'a-token' } }],
  ])("reads the variables of Okta's SDKs in authorization mode %j", async (mode, credential) => {
    const variables = {
      OKTA_CLIENT_ORGURL: 'https://example.okta.com',
      OKTA_CLIENT_CLIENTID: '0oa1',
      OKTA_CLIENT_PRIVATEKEY: '/keys/okta.pem',
      OKTA_CLIENT_PRIVATEKEYID: 'k1',
      OKTA_CLIENT_TOKEN: 'a-token',
      OKTA_CLIENT_AUTHORIZATIONMODE: mode,
    }
    const { values } = await readSettings({}, {}, home.environment(variables))
    expect(values).toEqual({ tenant: 'https://example.okta.com', clientId: '0oa1', ...credential })
  })

  it('does not use the default profile when the given one may be new', async () => {
    await writeProfiles('default: one\nprofiles:\n  one: { scopes: a.read }\n  two: { scopes: b.read }\n')
    const read = (profile: string) => readSettings({ dpop: 'never' }, { profile, mayBeNew: true }, home.environment())
    expect(await read('two')).toMatchObject({ values: { dpop: 'never', scopes: ['b.read'] }, profile: 'two' })
    expect(await read('three')).toMatchObject({ values: { dpop: 'never' }, profile: undefined })
  })
})

describe('readSettings with several sources', () => {
  const variables = {
    OKTA_CLIENT_ORGURL: 'https://prod.okta.com',
    OKTA_CLIENT_CLIENTID: '0oaProd',
    OKTA_CLIENT_TOKEN: 'prod-token',
  }

  it('does not return a token that is configured for another org', async () => {
    const { values } = await readSettings({ tenant: 'evil.example' }, {}, home.environment(variables))
    expect(values).toEqual({ tenant: 'evil.example' })
  })

  it('recognizes the org in another spelling', async () => {
    const { values } = await readSettings({ tenant: 'PROD.okta.com' }, {}, home.environment(variables))
    expect(values).toMatchObject({ tenant: 'PROD.okta.com', apiToken: { text: 'prod-token' } })
  })

  it('does not combine the key of one app with the id of another', async () => {
    const { values } = await readSettings(
      { clientId: '0oaOther' },
      {},
      home.environment({ ...variables, OKTA_CLIENT_PRIVATEKEY: '{}' }),
    )
    expect(values).toEqual({ clientId: '0oaOther', tenant: 'https://prod.okta.com' })
  })

  it('does not combine two kinds of credentials', async () => {
    const given = { key: { file: 'key.json' } }
    const { values } = await readSettings(
      given,
      {},
      home.environment({ CONNECT_OKTA_CLIENT_SECRET: 's', OKTA_CLIENT_TOKEN: 't' }),
    )
    expect(values).toEqual(given)
  })
})

describe('connectOptionsOf', () => {
  it('reads a key from its file', async () => {
    const path = await home.write('key.json', '{"kty":"EC"}')
    const settings = await readSettings({ tenant: 'a.okta.com', key: { file: path } }, {}, home.environment())
    expect(await connectOptionsOf(settings)).toEqual({ tenant: 'a.okta.com', jsonWebKey: '{"kty":"EC"}' })
  })

  it('names the file of a key that is missing', async () => {
    await writeProfiles('default: p\nprofiles:\n  p: { key: { file: /nowhere/key.json } }\n')
    await expect(connectOptionsOf(await readSettings({}, {}, home.environment()))).rejects.toMatchObject({
      code: 'options_invalid',
      message: `The key (profile p) cannot be read from ${resolve(home.path, '/nowhere/key.json')} (ENOENT).`,
    })
  })

  it('rejects a secret in a profile and does not show it', async () => {
    await writeProfiles('profiles:\n  p:\n    clientSecret: a-real-secret\n')
    const attempt = readSettings({}, {}, home.environment())
    await expect(attempt).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringMatching(/profiles\.p\.clientSecret.*\{ file: PATH \}/),
    })
    await attempt.catch(error => expect(String(error) + JSON.stringify(error)).not.toContain('a-real-secret'))
    await expect(
      saveProfile('p', { apiToken: { text: 'a-real-secret' } }, {}, home.environment()),
    ).rejects.toMatchObject({
      code: 'options_invalid',
    })
  })

  it('returns options that connect', async () => {
    await using okta = await startOktaEmulator()
    const { clientId, jwk } = okta.client('service')
    const key = await home.write('key.json', JSON.stringify(jwk))
    await saveProfile(
      'ci',
      { tenant: okta.orgUrl.origin, clientId, key: { file: key }, scopes: ['okta.users.read'] },
      {},
      home.environment(),
    )
    const options = requireConnectOptions(await connectOptionsOf(await readSettings({}, {}, home.environment())))
    expect((await connect(options, { store: createMemoryStore() })).clientId).toBe(clientId)
  })
})

it('reads the profiles again when their copy is damaged', async () => {
  await writeProfiles('profiles:\n  p: { tenant: a.okta.com }\n')
  expect(await listProfiles(home.environment())).toHaveLength(1)
  const copyPath = join(home.path, 'state', 'profiles.json')
  const { stamp } = JSON.parse(await readFile(copyPath, 'utf8'))
  for (const content of [null, 7, { profiles: 7 }, { profiles: { p: { key: 'x' } } }]) {
    await writeFile(copyPath, JSON.stringify({ stamp, content }))
    expect(await listProfiles(home.environment())).toMatchObject([{ name: 'p', profile: { tenant: 'a.okta.com' } }])
  }
})

describe('readSettings without a home folder', () => {
  it('uses the given options', async () => {
    const environment = {
      variables: {},
      home: undefined,
      get configDirectory(): string {
        throw new Error('there is no home folder')
      },
      get stateDirectory(): string {
        throw new Error('there is no home folder')
      },
    }
    const { values } = await readSettings({ tenant: 'a.okta.com', clientId: '0oa1' }, {}, environment)
    expect(values.clientId).toBe('0oa1')
  })
})
