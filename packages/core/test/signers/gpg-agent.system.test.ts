import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, inject, it } from 'vitest'
import { currentEnvironment, type Environment } from '../../src/environment.js'
import { publicJwkOf } from '../../src/keys/signers/client-signer.js'
import { sshAgentSigner } from '../../src/keys/signers/ssh-agent/ssh-agent-signer.js'
import { newFolder } from '../support/new-folder.test.support.js'
import { useTestHome } from '../support/test-home.test.support.js'
import { tokenByProfile } from './recipe.test.support.js'

const run = promisify(execFile)
const home = useTestHome()

/** A gpg-agent with one key, which is an ssh-agent. */
async function startGpgAgent(algorithm: string, passphrase: string) {
  const GNUPGHOME = await newFolder()
  const env = { PATH: process.env.PATH ?? '', HOME: GNUPGHOME, GNUPGHOME }
  const gpg = async (...args: readonly string[]) => (await run('gpg', ['--batch', ...args], { env })).stdout
  await gpg(
    '--passphrase',
    passphrase,
    '--pinentry-mode',
    'loopback',
    '--quick-generate-key',
    'okta',
    algorithm,
    'auth',
  )
  const keygrip = /^grp:+(\w+)/m.exec(await gpg('--list-secret-keys', '--with-keygrip', '--with-colons'))?.[1]
  await run('gpgconf', ['--kill', 'gpg-agent'], { env })
  await writeFile(join(GNUPGHOME, 'gpg-agent.conf'), 'enable-ssh-support\npinentry-program /bin/false\n')
  await writeFile(join(GNUPGHOME, 'sshcontrol'), `${keygrip}\n`)
  await run('gpgconf', ['--launch', 'gpg-agent'], { env })
  const { stdout } = await run('gpgconf', ['--list-dirs', 'agent-ssh-socket'], { env })
  const variables = { ...env, SSH_AUTH_SOCK: stdout.trim() }
  const { stdout: listed } = await run('ssh-add', ['-l'], { env: variables })
  return {
    fingerprint: listed.split(' ')[1] ?? '',
    environment: currentEnvironment(variables) as Environment,
    variables,
    async [Symbol.asyncDispose]() {
      await run('gpgconf', ['--kill', 'gpg-agent'], { env })
    },
  }
}

describe.skipIf(inject('systemNeeds').gpgAgent === undefined)('sshAgentSigner with gpg-agent', () => {
  it.each(['nistp256', 'nistp384', 'rsa2048'])('gets a token with a key of the type %s', async algorithm => {
    await using agent = await startGpgAgent(algorithm, '')
    const signer = await sshAgentSigner(agent.fingerprint, { environment: agent.environment })
    const environment = home.environment(agent.variables)
    expect(await tokenByProfile({ sshAgent: agent.fingerprint }, publicJwkOf(signer), environment)).toBe('memory')
  })

  it('reports that the agent refused when it cannot ask for the passphrase', async () => {
    await using agent = await startGpgAgent('nistp256', 'two words')
    const signer = await sshAgentSigner(agent.fingerprint, { environment: agent.environment })
    await expect(signer.sign(Buffer.from('some data'))).rejects.toMatchObject({
      code: 'signer_failed',
      message: expect.stringContaining('refused to sign'),
      hint: expect.stringContaining('pinentry'),
    })
  })
})
