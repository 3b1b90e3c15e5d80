import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type OktaEmulator } from '@connect-okta/emulator'
import { SignJWT } from 'jose'
import { stringify } from 'yaml'
import { basic, connectionOf, digestFor, filesOf } from '../../support/broker.test.support.js'
import { type BrokerProcess, startProcess } from '../../support/process.test.support.js'

const issuer = 'http://localhost:1'
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** Broker processes on one Redis, with a client `payroll` with a secret, and a client `signer` with a key. */
export interface Brokers extends AsyncDisposable {
  readonly urls: readonly string[]
}

/** Starts {@link Brokers}. */
export async function startBrokers(count: number, store: string, okta: OktaEmulator): Promise<Brokers> {
  const folder = await mkdtemp(join(tmpdir(), 'failover-'))
  for (const [name, text] of Object.entries(filesOf(okta))) await writeFile(join(folder, name), text)
  const key = randomBytes(32).toString('base64')
  const processes: BrokerProcess[] = []
  const urls: string[] = []
  for (let number = 0; number < count; number++) {
    const port = await freePort()
    const path = join(folder, `broker-${number}.yaml`)
    const config = {
      listen: `127.0.0.1:${port}`,
      issuer,
      store,
      connections: { users: connectionOf(okta, okta.client('service')) },
      clients: {
        payroll: { secretSha256: digestFor('payroll'), connections: ['users'] },
        signer: { jwks: { keys: [publicKey.export({ format: 'jwk' })] }, connections: ['users'] },
      },
    }
    await writeFile(path, stringify(config))
    processes.push(startProcess(['--config', path], { CONNECT_OKTA_STORE_KEY: key }))
    urls.push(`http://127.0.0.1:${port}`)
  }
  await Promise.all(processes.map(one => one.printed('listening')))
  return {
    urls,
    async [Symbol.asyncDispose]() {
      for (const { child } of processes) child.kill('SIGKILL')
      await Promise.all(processes.map(({ ended }) => ended))
    },
  }
}

/** Requests a token by the secret of `payroll`. Returns the status. */
export async function tokenBySecret(url: string): Promise<number> {
  return await post(url, {}, { authorization: basic('payroll') })
}

/** Creates an assertion of `signer`, which is accepted once. */
export async function newAssertion(): Promise<string> {
  const now = Math.floor(Date.now() / 1000)
  const claims = { iss: 'signer', sub: 'signer', aud: issuer, jti: randomUUID(), iat: now, exp: now + 60 }
  return await new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(privateKey)
}

/** Requests a token by an assertion. Returns the status. */
export async function tokenByAssertion(url: string, client_assertion: string): Promise<number> {
  const client_assertion_type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  return await post(url, { client_assertion, client_assertion_type })
}

async function post(url: string, form: Record<string, string>, headers: Record<string, string> = {}): Promise<number> {
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...form })
  const response = await fetch(`${url}/oauth2/token`, { method: 'POST', headers, body })
  await response.arrayBuffer()
  return response.status
}

/** The outcome of one request. */
export interface Outcome {
  /** Milliseconds since the start of the load. */
  readonly at: number
  readonly status: number
  readonly assertion?: string
}

/** Sends requests of both kinds to all brokers, one after another on each connection, until it is stopped. */
export function startLoad(urls: readonly string[]) {
  const started = performance.now()
  const [bySecret, byAssertion]: [Outcome[], Outcome[]] = [[], []]
  let isOver = false
  const client = async (outcomes: Outcome[], send: () => Promise<Omit<Outcome, 'at'>>) => {
    while (!isOver) {
      const outcome = await send().catch(() => ({ status: 0 }))
      outcomes.push({ at: performance.now() - started, ...outcome })
      await new Promise(resolve => setTimeout(resolve, 10))
    }
  }
  const all = urls.flatMap(url => [
    client(bySecret, async () => ({ status: await tokenBySecret(url) })),
    client(byAssertion, async () => {
      const assertion = await newAssertion()
      return { status: await tokenByAssertion(url, assertion), assertion }
    }),
  ])
  return {
    bySecret,
    byAssertion,
    elapsed: () => performance.now() - started,
    async stop() {
      isOver = true
      await Promise.all(all)
    },
  }
}
