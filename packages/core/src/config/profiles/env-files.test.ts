import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { rsaKey } from '../../../../../scripts/testing/rsa-key.js'
import { appVariables, useTestHome } from '../../../test/support/test-home.test.support.js'
import { parseClientKey } from '../../keys/client-key.js'
import { connectOptionsOf } from './connect-options-of.js'
import { readSettings } from './read-settings.js'

const { privateKey } = rsaKey()
const _encrypted = privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'two words' })
const home = useTestHome()
const settingsFrom = (variables: Record<string, string>, given = {}) =>
  readSettings(given, {}, home.environment(variables))

describe('a variable as an env file leaves it', () => {
  it.each([
    ['double quotes', '"example.okta.com"'],
    ['single quotes', "'example.okta.com'"],
    ['typographic quotes', '“example.okta.com”'],
    ['spaces around quotes', ' "example.okta.com" '],
    ['spaces inside quotes', '" example.okta.com "'],
    ['a carriage return', 'example.okta.com\r'],
  ])('is read without %s', async (_what, text) => {
    expect((await settingsFrom({ CONNECT_OKTA_TENANT: text })).values.tenant).toBe('example.okta.com')
    expect((await settingsFrom({ OKTA_CLIENT_ORGURL: text })).values.tenant).toBe('example.okta.com')
  })

  it.each([
    ['spaces', 'a b'],
    ['commas', 'a,b'],
    ['semicolons', 'a; b'],
    ['line ends', 'a\r\nb\n'],
    ['a JSON array', '["a", "b"]'],
    ['an array without quotes', '[a, b]'],
    ['quotes around all', '"a b"'],
    ['quotes around each', "'a' 'b'"],
    ['percent-encoded spaces', 'a%20b'],
  ])('is read as a list with %s', async (_what, text) => {
    expect((await settingsFrom({ CONNECT_OKTA_SCOPES: text })).values.scopes).toEqual(['a', 'b'])
  })

  it.each([
    `\${TENANT}`,
    '$(TENANT)',
    '%TENANT%',
    '{{ .Values.tenant }}',
    `\${{ secrets.TENANT }}`,
    '$TENANT',
    '<tenant>',
  ])('is rejected by its name when it is the placeholder %s', async text => {
    for (const name of [
      'CONNECT_OKTA_TENANT',
      'OKTA_CLIENT_ORGURL',
      'CONNECT_OKTA_CLIENT_ID',
      'CONNECT_OKTA_PROFILE',
    ]) {
      await expect(settingsFrom({ [name]: text })).rejects.toMatchObject({
        code: 'options_invalid',
        message: `${name} contains an unresolved placeholder.`,
      })
    }
  })

  it('is rejected by its name when a part of it, or a whole secret, is a placeholder', async () => {
    for (const variables of [
      { CONNECT_OKTA_TENANT: `https://\${ORG}.okta.com` },
      { CONNECT_OKTA_PRIVATE_KEY: `\${OKTA_KEY}` },
      { CONNECT_OKTA_CLIENT_SECRET: "'$(SECRET)'" },
    ]) {
      await expect(settingsFrom(variables)).rejects.toMatchObject({
        message: expect.stringContaining(Object.keys(variables)[0] ?? ''),
      })
    }
    const secret = { text: `a\${b}c` }
    expect((await settingsFrom({ CONNECT_OKTA_CLIENT_SECRET: secret.text })).values.clientSecret).toEqual(secret)
  })
})

describe('a word in a variable', () => {
  it.each([
    ['CONNECT_OKTA_GRANT', 'CLIENT-CREDENTIALS', { grant: 'client_credentials' }],
    ['CONNECT_OKTA_DPOP', 'Always', { dpop: 'always' }],
  ])('is read in any case: %s=%s', async (name, text, values) => {
    expect((await settingsFrom({ [name]: text })).values).toEqual(values)
  })

  it('is rejected by the name of its variable when it is none of the words', async () => {
    await expect(settingsFrom({ CONNECT_OKTA_DPOP: 'true' })).rejects.toMatchObject({
      message: 'The setting dpop (CONNECT_OKTA_DPOP) is invalid: it is not one of auto, always, never.',
    })
  })
})

describe('an empty variable', () => {
  it('is also an empty list', async () => {
    for (const text of ['[]', ' , ']) {
      await expect(settingsFrom({ CONNECT_OKTA_SCOPES: text })).rejects.toMatchObject({
        message: 'CONNECT_OKTA_SCOPES is empty.',
      })
    }
  })

  it.each(['', '  ', '""'])('is rejected by its name when nothing else gives its setting: %j', async text => {
    for (const name of [
      'CONNECT_OKTA_SCOPES',
      'CONNECT_OKTA_TENANT',
      'CONNECT_OKTA_STORE',
      'OKTA_CLIENT_SCOPES',
      'CONNECT_OKTA_PROFILE',
    ]) {
      await expect(settingsFrom({ ...withoutScopes, [name]: text })).rejects.toMatchObject({
        code: 'options_invalid',
        message: `${name} is empty.`,
        hint: `Set ${name} to a value, or unset it.`,
      })
    }
  })

  it('is ignored when another source gives the setting', async () => {
    expect((await settingsFrom({ CONNECT_OKTA_SCOPES: '' }, { scopes: ['a'] })).values.scopes).toEqual(['a'])
    const { values } = await settingsFrom({
      ...appVariables,
      CONNECT_OKTA_CLIENT_SECRET: '',
      CONNECT_OKTA_PRIVATE_KEY: '/k',
    })
    expect(values).toMatchObject({ key: { file: '/k' } })
    expect(values).not.toHaveProperty('clientSecret')
  })

  it('is ignored, as by the SDKs of Okta, when it is one of theirs but the scopes', async () => {
    const { values } = await settingsFrom({
      OKTA_CLIENT_ORGURL: '',
      OKTA_CLIENT_TOKEN: '',
      OKTA_CLIENT_CLIENTID: '0oa1',
    })
    expect(values).toEqual({ clientId: '0oa1' })
  })

  const withoutScopes = { CONNECT_OKTA_CLIENT_ID: '0oa1' }
})

describe('a misspelt variable', () => {
  it.each([
    ['CONNECT_OKTA_SCOPE', 'CONNECT_OKTA_SCOPES'],
    ['CONNECT_OKTA_CLIENTID', 'CONNECT_OKTA_CLIENT_ID'],
    ['CONNECT_OKTA_ORGURL', 'CONNECT_OKTA_TENANT'],
    ['CONNECT_OKTA_PRIVATE_KEY_FILE', 'CONNECT_OKTA_PRIVATE_KEY'],
    ['CONNECT_OKTA_PRIVATEKEY', 'CONNECT_OKTA_PRIVATE_KEY'],
    ['connect_okta_scopes', 'CONNECT_OKTA_SCOPES'],
    ['OKTA_CLIENT_SCOPE', 'OKTA_CLIENT_SCOPES'],
  ])('is rejected with the right name: %s', async (name, right) => {
    await expect(settingsFrom({ [name]: 'x' })).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining(name),
      hint: `Did you mean ${right}?`,
    })
    // The other name is then not a mistake.
    if (right !== 'CONNECT_OKTA_PRIVATE_KEY') await settingsFrom({ [name]: 'x', [right]: 'a' })
  })

  it('is ignored when it resembles no other', async () => {
    expect(
      (await settingsFrom({ CONNECT_OKTA_NOTES: 'x', CONNECT_OKTA_NODE: '/node', CONNECT_OKTA_CLIENT_ID_2: 'x' }))
        .values,
    ).toEqual({})
  })
})

describe('a source that is not needed', () => {
  const given = { tenant: 'a.okta.com', clientId: '0oa1' }
  it.each([
    ['okta.yaml', '.okta/okta.yaml', 'okta:\n\tclient: x\n', /indented with a tab/],
    ['the profiles', 'config/profiles.yaml', 'profiles: [', /not YAML/],
    ['the default profile', 'config/profiles.yaml', 'default: nope\nprofiles:\n  nop: {}\n', /"nope" \(the default\)/],
  ])('may be invalid: %s', async (_what, path, content, message) => {
    await home.write(path, content)
    expect((await settingsFrom({}, given)).values).toEqual(given)
    await expect(settingsFrom({})).rejects.toMatchObject({ message: expect.stringMatching(message) })
  })

  it('names the file to edit when there are no profiles', async () => {
    const environment = home.environment()
    await expect(readSettings({}, { profile: 'ci' }, environment)).rejects.toMatchObject({
      hint: expect.stringContaining(`edit ${join(environment.configDirectory, 'profiles.yaml')}. See https://`),
    })
  })

  it('does not hide a profile that is selected, and a near name is suggested', async () => {
    await home.write('config/profiles.yaml', 'default: nope\nprofiles:\n  ci: { tenant: a.okta.com }\n')
    expect((await readSettings({}, { profile: 'ci' }, home.environment())).profile).toBe('ci')
    await expect(settingsFrom({ ...appVariables, CONNECT_OKTA_PROFILE: 'CI' })).rejects.toMatchObject({
      message: 'There is no profile named "CI" (CONNECT_OKTA_PROFILE).',
      hint: 'Did you mean ci? The profiles are: ci.',
    })
    await expect(readSettings({}, { profile: 'other' }, home.environment())).rejects.toMatchObject({
      hint: 'The profiles are: ci.',
    })
  })
})

describe('profiles.yml', () => {
  it('is reported with the name to give it', async () => {
    await home.write('config/profiles.yml', 'profiles: {}\n')
    await expect(readSettings({}, { profile: 'p' }, home.environment())).rejects.toMatchObject({
      message: expect.stringContaining('the file name must be profiles.yaml'),
      hint: 'Rename the file.',
    })
  })
})

describe('okta.yaml', () => {
  it('is read as the SDKs of Okta for other languages write it', async () => {
    const key = privateKey.export({ format: 'jwk' })
    const lines = [
      '    oktaDomain: https://a.okta.com',
      '    clientId: 0oa1',
      '    Scopes: [a, b]',
      '    privateKeyId: 20240131',
    ]
    await home.write(
      '.okta/okta.yaml',
      `okta:\n  client:\n${lines.join('\n')}\n    privateKey: ${JSON.stringify(key)}\n`,
    )
    const settings = await settingsFrom({})
    expect(settings.values).toMatchObject({ tenant: 'https://a.okta.com', scopes: ['a', 'b'], keyId: '20240131' })
    expect(await parseClientKey((await connectOptionsOf(settings)) as object)).toMatchObject({ keyId: '20240131' })
    expect((await settingsFrom({ OKTA_CLIENT_OKTADOMAIN: 'b.okta.com' })).values.tenant).toBe('b.okta.com')
  })
})

describe('a configuration file of Windows', () => {
  it.each([
    ['UTF-16', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['UTF-16 without a byte order mark', (text: string) => Buffer.from(text, 'utf16le')],
    ['UTF-8 with a byte order mark', (text: string) => Buffer.from(`\uFEFF${text}`)],
    ['carriage returns for line ends', (text: string) => Buffer.from(text.replaceAll('\n', '\r'))],
  ])('is read in %s', async (_what, encode) => {
    await home.write(
      '.okta/okta.yaml',
      encode('okta:\n  client:\n    orgUrl: https://a.okta.com\n    clientId: 0oa1\n'),
    )
    expect((await settingsFrom({})).values).toEqual({ tenant: 'https://a.okta.com', clientId: '0oa1' })
    await home.write('config/profiles.yaml', encode('profiles:\n  p:\n    tenant: b.okta.com\n'))
    expect((await readSettings({}, { profile: 'p' }, home.environment())).values.tenant).toBe('b.okta.com')
  })
})
