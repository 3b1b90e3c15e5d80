import { execFile, spawn } from 'node:child_process'
import { createPublicKey, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, inject, it } from 'vitest'
import { publicJwkOf } from '../../src/keys/signers/client-signer.js'
import { sshAgentSigner } from '../../src/keys/signers/ssh-agent/ssh-agent-signer.js'
import { startSshAgent } from '../support/ssh-agent.test.support.js'
import { useTestHome } from '../support/test-home.test.support.js'
import { publicJwk, recipe, tokenByProfile } from './recipe.test.support.js'

const run = promisify(execFile)
const { softHsm, pkcs11Tool, swtpm, openssl, sshAgent } = inject('systemNeeds')
const home = useTestHome()

const programs = { PATH: process.env.PATH ?? '' }

describe.skipIf(softHsm === undefined || pkcs11Tool === undefined)('the recipe for a PKCS#11 token', () => {
  const PKCS11_PIN = '482913'
  const module = '--module=/usr/lib/softhsm/libsofthsm2.so'

  /** Creates a token of SoftHSM with a key that never was in a file, and returns its environment and its public key. */
  async function createToken(type: string, id: string) {
    const tokens = join(home.path, 'tokens')
    await mkdir(tokens)
    const SOFTHSM2_CONF = await home.write('softhsm2.conf', `directories.tokendir = ${tokens}\n`)
    const env = { ...programs, SOFTHSM2_CONF, PKCS11_PIN }
    await run('softhsm2-util', ['--init-token', '--free', '--label=okta', `--pin=${PKCS11_PIN}`, '--so-pin=5678'], {
      env,
    })
    const token = [module, '--token-label=okta', '--login', '--pin=env:PKCS11_PIN']
    const key = [`--key-type=${type}`, `--id=${id}`, '--label=okta', '--usage-sign']
    await run('pkcs11-tool', [...token, '--keypairgen', ...key], { env })
    const read = [module, '--token-label=okta', '--read-object', '--type=pubkey', `--id=${id}`]
    const { stdout } = await run('pkcs11-tool', read, { env, encoding: 'buffer' })
    const publicKey = createPublicKey({ key: stdout, format: 'der', type: 'spki' })
    return { environment: home.environment(env), publicKey, token, env }
  }

  it.each([
    ['pkcs11', 'EC:prime256v1', '01'],
    ['pkcs11-rsa', 'rsa:2048', '02'],
  ])('gets a token with a key that cannot be read: %s', async (name, type, id) => {
    const { environment, publicKey, token, env } = await createToken(type, id)
    const key = recipe(name)
    const jwk = publicJwk(publicKey, key)
    expect(await tokenByProfile({ ...key, jwk }, jwk, environment)).toBe('memory')
    const { stdout } = await run('pkcs11-tool', [...token, '--list-objects', '--type=privkey'], { env })
    expect(stdout).toContain('sensitive, always sensitive, never extractable')
  })

  it.skipIf(sshAgent === undefined)('gets a token by an ssh-agent that has loaded the PKCS#11 token', async () => {
    const { environment, publicKey, env } = await createToken('EC:prime256v1', '01')
    await using agent = await startSshAgent(`echo ${PKCS11_PIN}`, env)
    await agent.add('-s', '/usr/lib/softhsm/libsofthsm2.so')
    const key = { sshAgent: 'okta' }
    const jwk = publicJwkOf(await sshAgentSigner('okta', { environment: agent.environment }))
    expect(jwk).toMatchObject(publicKey.export({ format: 'jwk' }))
    const { SSH_AUTH_SOCK = '' } = agent.environment.variables
    const variables = { ...environment.variables, SSH_AUTH_SOCK } as Record<string, string>
    expect(await tokenByProfile(key, jwk, home.environment(variables))).toBe('memory')
  })

  it('reports the error of the token when the PIN is wrong, without the PIN', async () => {
    const { environment, publicKey } = await createToken('EC:prime256v1', '01')
    const key = recipe('pkcs11')
    const jwk = publicJwk(publicKey, key)
    const command = (key.command as string[]).map(arg => arg.replace('env:PKCS11_PIN', '739155'))
    const failure = tokenByProfile({ ...key, command, jwk }, jwk, environment)
    await expect(failure).rejects.toMatchObject({
      code: 'signer_failed',
      message: expect.stringMatching(/^The command "pkcs11-tool" failed \(1\): .*CKR_PIN_INCORRECT/),
    })
    expect(String(await failure.catch(error => error.message))).not.toContain('739155')
  })
})

describe.skipIf(swtpm === undefined || openssl === undefined)('the recipe for a TPM', () => {
  it('gets a token with a key that only this TPM can use', async () => {
    await using tpm = await startTpm(home.path)
    const env = { ...programs, TPM2OPENSSL_TCTI: `swtpm:path=${tpm.socket}` }
    const file = join(home.path, 'tpm.pem')
    const provider = ['-provider', 'tpm2', '-provider', 'default', '-propquery', '?provider=tpm2']
    await run('openssl', ['genpkey', ...provider, '-algorithm', 'EC', '-pkeyopt', 'group:P-256', '-out', file], { env })
    const { stdout } = await run('openssl', ['pkey', ...provider, '-in', file, '-pubout'], { env })
    const key = recipe('tpm')
    const jwk = publicJwk(createPublicKey(stdout), key)
    const command = (key.command as string[]).map(arg => arg.replace('/etc/connect-okta/tpm.pem', file))
    expect(await tokenByProfile({ ...key, command, jwk }, jwk, home.environment(env))).toBe('memory')
    // The file has the key encrypted by the TPM.
    expect(await readFile(file, 'utf8')).toContain('BEGIN TSS2 PRIVATE KEY')
    await expect(run('openssl', ['pkey', '-in', file], { env })).rejects.toThrow('Could not read key')
  })
})

describe.skipIf(openssl === undefined)('the recipe for OpenSSL', () => {
  it('gets a token', async () => {
    const file = join(home.path, 'key.pem')
    await run('openssl', ['ecparam', '-genkey', '-name', 'prime256v1', '-noout', '-out', file])
    const publicKey: KeyObject = createPublicKey(await readFile(file))
    const key = recipe('openssl')
    const jwk = publicJwk(publicKey, key)
    const command = (key.command as string[]).map(arg => arg.replace('/etc/connect-okta/key.pem', file))
    expect(await tokenByProfile({ ...key, command, jwk }, jwk, home.environment(programs))).toBe('memory')
  })
})

/** Starts a TPM in software. */
async function startTpm(folder: string) {
  // A path of a socket has at most 107 bytes.
  const socket = join(folder, 'tpm')
  await mkdir(join(folder, 'state'))
  const tpm = spawn(
    'swtpm',
    [
      ...['socket', '--tpm2', '--tpmstate', `dir=${join(folder, 'state')}`, '--flags', 'not-need-init,startup-clear'],
      ...['--server', `type=unixio,path=${socket}`, '--ctrl', `type=unixio,path=${socket}.ctrl`],
    ],
    { stdio: 'ignore' },
  )
  await expect.poll(() => existsSync(socket) && existsSync(`${socket}.ctrl`)).toBe(true)
  return {
    socket,
    async [Symbol.asyncDispose]() {
      const ended = once(tpm, 'exit')
      tpm.kill()
      await ended
    },
  }
}
