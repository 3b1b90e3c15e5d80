import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startOktaEmulator } from '@connect-okta/emulator'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Environment } from '../../environment.js'
import { connect } from '../../index.js'
import { createMemoryStore } from '../../stores/memory-store.js'
import { requireConnectOptions } from '../require-connect-options.js'
import { type Home, newHome } from './home.test.support.js'
import { connectOptionsOf, listProfiles, readSettings, saveProfile } from './profiles.js'

let home: Home
let world: Environment

beforeEach(async () => {
  home = await newHome()
  world = home.at({})
})

const profiles = (text: string) => home.write('config/profiles.yaml', text)
const oktaYaml = (text: string) => home.write('.okta/okta.yaml', text)

describe('settings', () => {
  it('are nothing where nobody has said anything', async () => {
    expect(await readSettings({}, {}, world)).toEqual({ values: {}, origins: {}, profile: undefined })
  })

  it('come from the first place that says something, and each tells from where', async () => {
    await profiles('default: work\nprofiles:\n  work:\n    scopes: [okta.apps.read]\n    loginHint: a@b.example\n')
    await oktaYaml('okta:\n  client:\n    orgUrl: https://yaml.okta.com\n    scopes: [okta.logs.read]\n')
    const { values, origins, profile } = await readSettings(
      { dpop: 'always' },
      {},
      home.at({
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

  it('of a profile that is named go before the environment; those of the default one do not', async () => {
    await profiles('default: one\nprofiles:\n  one: { scopes: a.read }\n  two: { scopes: b.read }\n')
    const variables = { OKTA_CLIENT_SCOPES: 'env.read' }
    const scopesOf = async (profile?: string, more = {}) =>
      (await readSettings({}, profile === undefined ? {} : { profile }, home.at({ ...variables, ...more }))).values
        .scopes
    expect(await scopesOf()).toEqual(['env.read'])
    expect(await scopesOf('one')).toEqual(['a.read'])
    expect(await scopesOf(undefined, { CONNECT_OKTA_PROFILE: 'two' })).toEqual(['b.read'])
    expect(await scopesOf('one', { CONNECT_OKTA_PROFILE: 'two' })).toEqual(['a.read'])
  })

  it('name the profiles that there are where one is not', async () => {
    await profiles('profiles:\n  one: { tenant: one.okta.com }\n')
    await expect(readSettings({}, { profile: 'on' }, world)).rejects.toMatchObject({
      code: 'options_invalid',
      hint: 'There are one.',
    })
    await expect(readSettings({}, { profile: '__proto__' }, world)).rejects.toMatchObject({ code: 'options_invalid' })
  })

  it.each([
    ['PrivateKey', { key: { file: '/keys/okta.pem' }, keyId: 'k1' }],
    ['SSWS', { apiToken: { text: 'a-token' } }],
    ['', { apiToken: { text: 'a-token' } }],
  ])("are read as Okta's SDKs read them: mode %j", async (mode, credential) => {
    const variables = {
      OKTA_CLIENT_ORGURL: 'https://example.okta.com',
      OKTA_CLIENT_CLIENTID: '0oa1',
      OKTA_CLIENT_PRIVATEKEY: '/keys/okta.pem',
      OKTA_CLIENT_PRIVATEKEYID: 'k1',
      OKTA_CLIENT_TOKEN: 'a-token',
      OKTA_CLIENT_AUTHORIZATIONMODE: mode,
    }
    const { values } = await readSettings({}, {}, home.at(variables))
    expect(values).toEqual({ tenant: 'https://example.okta.com', clientId: '0oa1', ...credential })
  })

  it('of a profile that may be new are those of that one, and of no default', async () => {
    await profiles('default: one\nprofiles:\n  one: { scopes: a.read }\n  two: { scopes: b.read }\n')
    const read = (profile: string) => readSettings({ dpop: 'never' }, { profile, mayBeNew: true }, world)
    expect(await read('two')).toMatchObject({ values: { dpop: 'never', scopes: ['b.read'] }, profile: 'two' })
    expect(await read('three')).toMatchObject({ values: { dpop: 'never' }, profile: undefined })
  })

  it('take a PEM whose line ends were escaped to fit a variable', async () => {
    const { values } = await readSettings(
      {},
      {},
      home.at({ OKTA_CLIENT_PRIVATEKEY: '-----BEGIN X-----\\nMII\\n-----END X-----' }),
    )
    expect(values.key).toEqual({ text: '-----BEGIN X-----\nMII\n-----END X-----' })
  })
})

describe('settings of several places', () => {
  const variables = {
    OKTA_CLIENT_ORGURL: 'https://prod.okta.com',
    OKTA_CLIENT_CLIENTID: '0oaProd',
    OKTA_CLIENT_TOKEN: 'the-token-of-prod',
  }

  it('never send a token to an org that it was not configured for', async () => {
    const { values } = await readSettings({ tenant: 'evil.example' }, {}, home.at(variables))
    expect(values).toEqual({ tenant: 'evil.example' })
  })

  it('know an org in all its spellings', async () => {
    const { values } = await readSettings({ tenant: 'PROD.okta.com' }, {}, home.at(variables))
    expect(values).toMatchObject({ tenant: 'PROD.okta.com', apiToken: { text: 'the-token-of-prod' } })
  })

  it('never mix the key of one app with the id of another', async () => {
    const { values } = await readSettings(
      { clientId: '0oaOther' },
      {},
      home.at({ ...variables, OKTA_CLIENT_PRIVATEKEY: '{}' }),
    )
    expect(values).toEqual({ clientId: '0oaOther', tenant: 'https://prod.okta.com' })
  })

  it('never mix two ways to prove oneself', async () => {
    const given = { key: { file: 'key.json' } }
    const { values } = await readSettings(
      given,
      {},
      home.at({ CONNECT_OKTA_CLIENT_SECRET: 's', OKTA_CLIENT_TOKEN: 't' }),
    )
    expect(values).toEqual(given)
  })
})

describe('a secret', () => {
  it('is read from the file that holds it', async () => {
    const path = await home.write('key.json', '{"kty":"EC"}')
    const settings = await readSettings({ tenant: 'a.okta.com', key: { file: path } }, {}, world)
    expect(await connectOptionsOf(settings)).toEqual({ tenant: 'a.okta.com', jsonWebKey: '{"kty":"EC"}' })
  })

  it('that is not there is an error which says where it was to be', async () => {
    await profiles('default: p\nprofiles:\n  p: { key: { file: /nowhere/key.json } }\n')
    await expect(connectOptionsOf(await readSettings({}, {}, world))).rejects.toMatchObject({
      code: 'options_invalid',
      message: 'The key (profile p) cannot be read from /nowhere/key.json (ENOENT).',
    })
  })

  it('in a profile is refused, and not repeated', async () => {
    await profiles('profiles:\n  p:\n    clientSecret: a-real-secret\n')
    const attempt = readSettings({}, {}, world)
    await expect(attempt).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringMatching(/profiles\.p\.clientSecret.*\{ file: PATH \}/),
    })
    await attempt.catch(error => expect(String(error) + JSON.stringify(error)).not.toContain('a-real-secret'))
    await expect(saveProfile('p', { apiToken: { text: 'a-real-secret' } }, {}, home.at({}))).rejects.toMatchObject({
      code: 'options_invalid',
    })
  })

  it('connects, wherever it came from', async () => {
    await using okta = await startOktaEmulator()
    const { clientId, jwk } = okta.client('service')
    const key = await home.write('key.json', JSON.stringify(jwk))
    await saveProfile(
      'ci',
      { tenant: okta.orgUrl.origin, clientId, key: { file: key }, scopes: ['okta.users.read'] },
      {},
      world,
    )
    const options = requireConnectOptions(await connectOptionsOf(await readSettings({}, {}, world)))
    expect((await connect(options, { store: createMemoryStore() })).clientId).toBe(clientId)
  })
})

it('reads the profiles again when their copy is damaged', async () => {
  await profiles('profiles:\n  p: { tenant: a.okta.com }\n')
  expect(await listProfiles(home.at({}))).toHaveLength(1)
  const copyPath = join(home.path, 'state', 'profiles.json')
  const { stamp } = JSON.parse(await readFile(copyPath, 'utf8'))
  for (const content of [null, 7, { profiles: 7 }, { profiles: { p: { key: 'x' } } }]) {
    await writeFile(copyPath, JSON.stringify({ stamp, content }))
    expect(await listProfiles(home.at({}))).toMatchObject([{ name: 'p', profile: { tenant: 'a.okta.com' } }])
  }
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
