import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startOktaEmulator } from '@connect-okta/emulator'
import type { JWK } from 'jose'
import { describe, expect, inject, it } from 'vitest'
import { publicJwkOf } from '../../src/keys/signers/client-signer.js'
import { sshAgentSigner } from '../../src/keys/signers/ssh-agent/ssh-agent-signer.js'
import { core } from '../support/run-program.test.support.js'
import { startSshAgent } from '../support/ssh-agent.test.support.js'

const run = promisify(execFile)
const { sshAgent, strace } = inject('systemNeeds')

describe.skipIf(sshAgent === undefined || strace === undefined)('a program with a key in an ssh-agent', () => {
  it('opens the socket of the agent, and no file beside it that has the private key', async () => {
    await using agent = await startSshAgent()
    // The file stays: the program could read it.
    const path = await agent.createKey('okta', '-t', 'ecdsa')
    await agent.add(path)
    const jwk = publicJwkOf(await sshAgentSigner('okta', { environment: agent.environment }))
    await using okta = await startOktaEmulator({ clients: [{ kind: 'service', jwks: { keys: [jwk as JWK] } }] })
    const keys = core.replace('index.js', 'keys.js')
    const script = `
      import { connect } from ${core}
      import { sshAgentSigner } from ${keys}
      const signer = await sshAgentSigner('okta')
      const options = { tenant: ${JSON.stringify(okta.orgUrl.origin)}, clientId: ${JSON.stringify(okta.client('service').clientId)} }
      console.log((await (await connect({ ...options, signer })).token()).type)`
    const { SSH_AUTH_SOCK = '' } = agent.environment.variables
    const calls = await systemCalls(script, SSH_AUTH_SOCK, agent.folder)
    expect(calls).toContain(`sun_path="${SSH_AUTH_SOCK}"`)
    expect(calls).not.toContain(`"${path}`)
    expect(calls).not.toContain('PRIVATE KEY-----\\n')
    // The same program would be found out if it read the file.
    const reading = `import { readFileSync } from 'node:fs'; readFileSync(${JSON.stringify(path)}); ${script}`
    const ofReader = await systemCalls(reading, SSH_AUTH_SOCK, agent.folder)
    expect(ofReader).toContain(`"${path}`)
    expect(ofReader).toContain('PRIVATE KEY-----\\n')
  })
})

/** Runs a program that prints the type of a token, and returns what its threads opened and read. */
async function systemCalls(script: string, SSH_AUTH_SOCK: string, folder: string): Promise<string> {
  const trace = join(folder, 'trace')
  // Every system call with a path, and every read, with up to 64 KiB of its data.
  const flags = ['-f', '-qq', '-s', '65536', '-e', 'trace=%file,connect,read,recvfrom,readv,pread64', '-o', trace]
  const env = { PATH: process.env.PATH ?? '', SSH_AUTH_SOCK }
  const node = [process.execPath, '--input-type=module', '-e', script]
  expect((await run('strace', [...flags, ...node], { env })).stdout.trim()).toBe('Bearer')
  return await readFile(trace, 'latin1')
}
