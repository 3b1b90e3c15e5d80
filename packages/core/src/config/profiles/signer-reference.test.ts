import { generateKeyPairSync } from 'node:crypto'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { startOktaEmulator } from '@connect-okta/emulator'
import type { JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { field, keyList, startFakeAgent } from '../../../test/support/fake-agent.test.support.js'
import { profiles, runProgram, stores } from '../../../test/support/run-program.test.support.js'
import { allTextOf, useTestHome } from '../../../test/support/test-home.test.support.js'
import { connect } from '../../index.js'
import type { ClientSigner } from '../../keys/signers/client-signer.js'
import { createFileStore } from '../../stores/file/file-store.js'
import { isHeadless } from '../is-headless.js'
import { requireConnectOptions } from '../require-connect-options.js'
import { connectOptionsOf } from './connect-options-of.js'
import { saveProfile } from './profiles.js'
import { readSettings } from './read-settings.js'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k1' } as Record<string, string>
const home = useTestHome()

const signProgram = `#!${process.execPath}
const crypto = require('node:crypto'), fs = require('node:fs')
process.stdout.write(crypto.sign('sha256', fs.readFileSync(0), fs.readFileSync(process.argv[2])))`

/** Writes a program that signs, and its key. */
async function writeSigner(): Promise<readonly [program: string, key: string]> {
  const key = await home.write('config/bin/key.pem', privateKey.export({ format: 'pem', type: 'pkcs8' }))
  const program = await home.write('config/bin/sign.cjs', signProgram)
  await chmod(program, 0o700)
  return [program, key]
}

async function optionsOf(key: object, rest: object = {}) {
  await saveProfile('p', { tenant: 'a.okta.com', clientId: '0oa1', key: key as never, ...rest }, {}, home.environment())
  const settings = await readSettings({}, { profile: 'p' }, home.environment())
  return await connectOptionsOf(settings, { environment: home.environment() })
}

// It starts no programs by their #! line.
const isWindows = process.platform === 'win32'

describe('a profile whose key is a command', () => {
  it('has a signer, and needs no file of a key', async () => {
    const [program] = await writeSigner()
    const options = await optionsOf({
      command: [program, 'key'],
      jwk,
      input: 'digest',
      signature: 'der',
      timeoutMs: 5000,
    })
    expect(options).toMatchObject({ signer: { algorithm: 'ES256', publicJwk: jwk, name: 'The command "sign.cjs"' } })
    expect(options).not.toHaveProperty('jsonWebKey')
    expect(isHeadless(options)).toBe(true)
  })

  it.skipIf(isWindows)(
    'finds the program by a path that is relative to the folder of the profiles, or to the home folder',
    async () => {
      const [, key] = await writeSigner()
      await home.write('sign.cjs', signProgram)
      await chmod(join(home.path, 'sign.cjs'), 0o700)
      for (const program of ['bin/sign.cjs', './bin/sign.cjs', '~/sign.cjs']) {
        const { signer } = (await optionsOf({ command: [program, key], jwk })) as { signer: ClientSigner }
        expect((await signer.sign(Buffer.from('some data'))).byteLength).toBe(64)
      }
    },
  )

  it.skipIf(isWindows)('renews a stored token in another process', async () => {
    const [program, key] = await writeSigner()
    await using okta = await startOktaEmulator({
      clients: [{ kind: 'service', jwks: { keys: [jwk as unknown as JWK] } }],
    })
    const { clientId } = okta.client('service')
    const reference = { command: [program, key], jwk }
    const options = await optionsOf(reference, { tenant: okta.orgUrl.origin, clientId })
    const directory = join(home.path, 'tokens')
    const session = await connect(requireConnectOptions(options), { store: createFileStore({ directory }) })
    const first = await session.token()
    const script = `
      import { connectOptionsOf, currentEnvironment, readSettings } from ${profiles}
      import { findSession } from ${profiles.replace('profiles.js', 'index.js')}
      import { createFileStore } from ${stores}
      const environment = currentEnvironment(process.env)
      const options = await connectOptionsOf(await readSettings({}, { profile: 'p' }, environment), { environment })
      const store = createFileStore({ directory: ${JSON.stringify(directory)} })
      const session = await findSession(options, { store })
      const { value } = await session.token()
      const renewed = await session.token({ forceRefresh: true })
      console.log(JSON.stringify([value, renewed.source, renewed.value !== value]))`
    const env = { HOME: home.path, CONNECT_OKTA_CONFIG_DIR: join(home.path, 'config') }
    expect(JSON.parse(await runProgram(script, { env }))).toEqual([first.value, 'grant', true])
  })

  it('takes the key id of the profile when the public key has none', async () => {
    const { kid: _kid, ...withoutId } = jwk
    const options = await optionsOf({ command: ['sign'], jwk: withoutId }, { keyId: 'k9' })
    expect(options).toMatchObject({ signer: { publicJwk: { kid: 'k9' } } })
  })

  const { d } = privateKey.export({ format: 'jwk' })
  it.each([
    ['a text as the command', { command: 'sign', jwk }, /key\.command: it is not a list of a program/],
    ['an empty command', { command: [], jwk }, /key\.command/],
    ['a number as an argument', { command: ['sign', 1], jwk }, /key\.command/],
    ['no public key', { command: ['sign'] }, /key\.jwk: it is not a map/],
    ['a private key', { command: ['sign'], jwk: { ...jwk, d } }, /key\.jwk: it must contain only the public key/],
    ['a damaged public key', { command: ['sign'], jwk: { ...jwk, x: '' } }, /public key of the command is damaged/],
    ['an unknown input', { command: ['sign'], jwk, input: 'hash' }, /key\.input: it is not one of message, digest/],
    ['an unknown format', { command: ['sign'], jwk, signature: 'pem' }, /key\.signature: it is not one of raw, der/],
    ['no time', { command: ['sign'], jwk, timeoutMs: 0 }, /key\.timeoutMs/],
    ['another setting', { command: ['sign'], jwk, shell: true }, /key: unknown setting "shell"/],
    ['a file too', { command: ['sign'], jwk, file: 'key.json' }, /key: unknown setting "file"/],
    ['an ssh-agent too', { sshAgent: 'okta', command: ['sign'] }, /key: unknown setting "command"/],
    ['an empty fingerprint', { sshAgent: ' ' }, /key\.sshAgent/],
  ])('is rejected with %s', async (_what, key, message) => {
    const failure = optionsOf(key)
    await expect(failure).rejects.toMatchObject({ message: expect.stringMatching(message) })
    await failure.catch(error => expect(allTextOf(error)).not.toContain(d))
  })

  it('is rejected for any other secret than the key', async () => {
    for (const secret of ['clientSecret', 'keyPassphrase', 'apiToken']) {
      await expect(optionsOf({ file: 'key' }, { [secret]: { command: ['print'] } })).rejects.toMatchObject({
        code: 'options_invalid',
        message: expect.stringContaining(`${secret}: unknown setting "command"`),
      })
    }
  })
})

describe('a profile whose key is in an ssh-agent', () => {
  it('has a signer for the key with the fingerprint or the comment', async () => {
    const point = Buffer.concat([Buffer.of(4), ...[jwk.x, jwk.y].map(text => Buffer.from(text ?? '', 'base64url'))])
    const blob = Buffer.concat(['ecdsa-sha2-nistp256', 'nistp256', point].map(field))
    await using agent = await startFakeAgent(() => keyList([blob, 'okta']))
    await saveProfile(
      'p',
      { tenant: 'a.okta.com', clientId: '0oa1', key: { sshAgent: 'okta' } },
      {},
      home.environment(),
    )
    const { SSH_AUTH_SOCK = '' } = agent.environment.variables
    const environment = home.environment({ SSH_AUTH_SOCK })
    const options = await connectOptionsOf(await readSettings({}, { profile: 'p' }, environment), { environment })
    const { kid: _kid, ...members } = jwk
    expect(options).toMatchObject({ signer: { algorithm: 'ES256', publicJwk: members, name: 'ssh-agent' } })
  })

  it('reports that there is no agent', async () => {
    await expect(optionsOf({ sshAgent: 'okta' })).rejects.toMatchObject({ code: 'signer_failed' })
  })
})
