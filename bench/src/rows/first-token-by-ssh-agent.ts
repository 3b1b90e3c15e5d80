import { execFile, spawn } from 'node:child_process'
import { createPrivateKey } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { connect } from '@connect-okta/core'
import { sshAgentSigner } from '@connect-okta/core/keys'
import { createMemoryStore } from '@connect-okta/core/stores'
import { startEmulatedOrg } from '../emulated-org.js'
import { setEnvironment } from '../environment.js'
import { requestsOf } from '../http-requests.js'
import type { Row, Work } from '../row.js'

const run = promisify(execFile)
const tokensPerJob = 20

/** What it costs to keep the client key in an ssh-agent: it lists its keys and signs, for each token. */
export const firstTokenBySshAgent: Row = {
  name: `${tokensPerJob} first tokens by client credentials, by ssh-agent`,
  ours: '@connect-okta/core, key in an ssh-agent',
  reference: '@connect-okta/core, key in a file',
  budget: 1.3,
  pairs: 30,
  needs: 'ssh-agent',
  async prepare() {
    const { withKey, close } = await startEmulatedOrg()
    const { tenant, clientId, scope, credential } = withKey
    if (!('jwk' in credential)) throw new Error('the app has no key')
    const { jwk } = credential
    const folder = await mkdtemp(join(tmpdir(), 'bench-'))
    const file = join(folder, 'key.json')
    await writeFile(file, JSON.stringify(jwk), { mode: 0o600 })
    const agent = await startAgent(folder, createPrivateKey({ key: jwk, format: 'jwk' }).export(pkcs8).toString())

    const getTokens = (credentialOf: () => Promise<object>) => async (): Promise<Work> => {
      const requests = await requestsOf(async () => {
        for (let times = 0; times < tokensPerJob; times++) {
          const options = { tenant, clientId, scopes: [scope], ...(await credentialOf()) }
          const session = await connect(options, { store: createMemoryStore() })
          if ((await session.token()).value === '') throw new Error('got no token')
        }
      })
      return { requests }
    }
    return {
      ours: getTokens(async () => ({ signer: await sshAgentSigner('bench', { keyId: jwk.kid }) })),
      reference: getTokens(async () => ({ jsonWebKey: await readFile(file, 'utf8') })),
      async close() {
        await close()
        await agent.stop()
        await rm(folder, { recursive: true })
      },
    }
  },
}

const pkcs8 = { format: 'pem', type: 'pkcs8' } as const

/** Starts an ssh-agent with one key, whose comment is `bench`, and sets `SSH_AUTH_SOCK`. */
async function startAgent(folder: string, pem: string) {
  const socket = join(folder, 'agent')
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  const restore = setEnvironment({ SSH_AUTH_SOCK: socket })
  // Of a PEM file, the comment is its path.
  await writeFile(join(folder, 'bench'), pem, { mode: 0o600 })
  for (let attempt = 1; ; attempt++) {
    try {
      await run('ssh-add', ['-q', 'bench'], { cwd: folder })
      break
    } catch (error) {
      // The agent is not ready yet.
      if (attempt === 50) throw error
      await sleep(100)
    }
  }
  return {
    async stop() {
      restore()
      const ended = once(agent, 'exit')
      agent.kill()
      await ended
    },
  }
}
