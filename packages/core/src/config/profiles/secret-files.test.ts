import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { rsaKey } from '../../../../../scripts/testing/rsa-key.js'
import { withHome } from '../../../../../scripts/testing/with-home.js'
import { appVariables, useTestHome } from '../../../test/support/test-home.test.support.js'
import { currentEnvironment } from '../../environment.js'
import type { Notice } from '../../index.js'
import { parseClientKey } from '../../keys/client-key.js'
import { connectOptionsOf } from './connect-options-of.js'
import { readSettings } from './read-settings.js'

const { privateKey } = rsaKey()
const encrypted = privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'two words' })
const home = useTestHome()
const settingsFrom = (variables: Record<string, string>, given = {}) =>
  readSettings(given, {}, home.environment(variables))

describe('the path of a key', () => {
  it.each([
    ['a file: URL', (path: string) => `file://${path}`],
    ['a file: prefix', (path: string) => `file:${path}`],
    ['an @', (path: string) => `@${path}`],
    ['quotes', (path: string) => `'${path}'`],
  ])('may have %s', async (_what, form) => {
    const path = await home.write('key.json', JSON.stringify(privateKey.export({ format: 'jwk' })))
    const settings = await settingsFrom({ ...appVariables, CONNECT_OKTA_PRIVATE_KEY: form(path) })
    expect(await parseClientKey((await connectOptionsOf(settings)) as object)).toMatchObject({ algorithm: 'RS256' })
  })

  it.each([
    ['a folder', 'EISDIR', /is a folder/],
    ['a missing file', 'ENOENT', /an existing file/],
  ])('is reported with what to do when it is %s', async (_what, code, hint) => {
    const file = code === 'EISDIR' ? home.path : join(home.path, 'none.json')
    const attempt = settingsFrom(appVariables, { key: { file } }).then(connectOptionsOf)
    await expect(attempt).rejects.toMatchObject({
      message: expect.stringContaining(code),
      hint: expect.stringMatching(hint),
    })
  })

  it('causes no advice about permissions when it is a device', async () => {
    const notices: Notice[] = []
    const settings = await settingsFrom(appVariables, { key: { file: '/dev/null' } })
    await connectOptionsOf(settings, { notify: notice => notices.push(notice) })
    expect(notices).toEqual([])
  })
})

describe('a path', () => {
  it('is resolved against the folder of the profiles when it is relative in a profile', async () => {
    await mkdir(join(home.path, 'config', 'keys'), { recursive: true })
    await writeFile(join(home.path, 'config', 'keys', 'app.pem'), encrypted, { mode: 0o600 })
    await writeFile(join(home.path, 'config', 'passphrase'), 'two words\n', { mode: 0o600 })
    await home.write(
      'config/profiles.yaml',
      'profiles:\n  p:\n    tenant: a.okta.com\n    key: { file: keys/app.pem }\n    keyPassphrase: { file: passphrase }\n',
    )
    const settings = await readSettings({}, { profile: 'p' }, home.environment())
    const options = (await connectOptionsOf(settings, { environment: home.environment() })) as object
    expect(await parseClientKey(options)).toMatchObject({ algorithm: 'RS256' })
  })

  it('expands ~ in a variable for a folder', async () => {
    await mkdir(join(home.path, 'mine'))
    await writeFile(join(home.path, 'mine', 'profiles.yaml'), 'profiles:\n  p: { tenant: a.okta.com }\n', {
      mode: 0o600,
    })
    for (const folder of ['~/mine', `"${join(home.path, 'mine')}"`, `${join(home.path, 'mine')}\r`]) {
      const environment = currentEnvironment(withHome({ HOME: home.path, CONNECT_OKTA_CONFIG_DIR: folder }))
      expect((await readSettings({}, { profile: 'p' }, environment)).values.tenant).toBe('a.okta.com')
    }
  })
})

describe('a passphrase', () => {
  const encryptedWith = (passphrase: string) =>
    privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase }).toString()

  it.each<[string, string, string]>([
    ['with quotes of its own', '"quoted"', '"quoted"'],
    ['with quotes of an env file', 'two words', '"two words"'],
    ['with a space of its own', ' lead', ' lead'],
    ['with a space that a shell added', 'pass', 'pass \r\n'],
    ['that begins with a dollar sign', '$ecret', '$ecret'],
  ])('is used from a variable and from a file %s', async (_what, passphrase, text) => {
    const variables = { ...appVariables, CONNECT_OKTA_PRIVATE_KEY: encryptedWith(passphrase) }
    const ofVariable = await settingsFrom({ ...variables, CONNECT_OKTA_KEY_PASSPHRASE: text })
    const file = await home.write('passphrase', `${text}\r\n`)
    const ofFile = await settingsFrom(variables, { keyPassphrase: { file } })
    for (const settings of [ofVariable, ofFile]) {
      expect(await parseClientKey((await connectOptionsOf(settings)) as object)).toMatchObject({ algorithm: 'RS256' })
    }
  })

  it('is rejected as misspelt when its variable has another name', async () => {
    for (const name of ['CONNECT_OKTA_PRIVATE_KEY_PASSPHRASE', 'CONNECT_OKTA_KEY_PASSPHRASE_FILE']) {
      await expect(settingsFrom({ [name]: 'x' })).rejects.toMatchObject({
        hint: expect.stringContaining('CONNECT_OKTA_KEY_PASSPHRASE'),
      })
    }
  })
})

describe('CONNECT_OKTA_KEY_PASSPHRASE', () => {
  it('decrypts the key, wherever that comes from', async () => {
    await writeFile(join(home.path, 'key.pem'), encrypted, { mode: 0o600 })
    for (const key of [String(encrypted), join(home.path, 'key.pem')]) {
      const settings = await settingsFrom({
        ...appVariables,
        CONNECT_OKTA_PRIVATE_KEY: key,
        CONNECT_OKTA_KEY_PASSPHRASE: 'two words',
      })
      expect(await parseClientKey((await connectOptionsOf(settings)) as object)).toMatchObject({ algorithm: 'RS256' })
    }
  })
})
