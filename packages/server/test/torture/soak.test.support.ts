import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { generateClientKey } from '@connect-okta/core/keys'
import { freePort, type OktaEmulator } from '@connect-okta/emulator'
import { type JWK, SignJWT } from 'jose'
import { stringify } from 'yaml'
import { basic, connectionOf, digestFor, filesOf } from '../support/broker.test.support.js'
import { startMeasuredBroker } from './measured-broker.test.support.js'

/** The status of the response to each kind of request. */
export interface Outcomes {
  readonly bySecret: number
  readonly byAssertion: number
  readonly headers: number
  readonly proxied: number
}

/** A broker in a separate process whose clock can be advanced, and its clients. */
export interface SoakedBroker extends AsyncDisposable {
  advance(ms: number): Promise<void>
  /** Sends requests of each kind concurrently. Rejects when the same request has different responses. */
  ask(times: number): Promise<Outcomes>
  /** Waits until /readyz reports ok. */
  recovered(): Promise<void>
  /** Replaces the keys of the apps, at Okta and in the configuration. */
  replaceKeys(): Promise<void>
  /** Its heap after a garbage collection, in bytes. */
  heapBytes(): Promise<number>
}

/** Starts a {@link SoakedBroker}, on a Redis. */
export async function startSoakedBroker(okta: OktaEmulator, store: string): Promise<SoakedBroker> {
  const folder = await mkdtemp(join(tmpdir(), 'soaked-'))
  for (const [name, text] of Object.entries(filesOf(okta))) await writeFile(join(folder, name), text)
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const connections = ['users', 'bound']
  const config = {
    listen: `127.0.0.1:${port}`,
    store,
    connections: {
      users: connectionOf(okta, okta.client('service', { dpop: false })),
      bound: connectionOf(okta, okta.client('service', { dpop: true }), { dpop: 'always' }),
    },
    clients: {
      payroll: { secretSha256: digestFor('payroll'), connections, ratePerMinute: 1_000_000 },
      signer: { jwks: { keys: [publicKey.export({ format: 'jwk' })] }, connections },
    },
  }
  await writeFile(join(folder, 'broker.yaml'), stringify(config))
  const broker = await startMeasuredBroker(join(folder, 'broker.yaml'))
  let aheadMs = 0
  const advance = async (ms: number) => {
    aheadMs += ms
    await broker.advance(ms)
  }
  return {
    advance,
    async ask(times) {
      const seconds = () => Math.floor((Date.now() + aheadMs) / 1000)
      const all = await Promise.all(Array.from({ length: times }, () => askOnce(url, privateKey, seconds)))
      const [first, ...others] = all.map(one => JSON.stringify(one))
      const other = others.find(one => one !== first)
      if (other !== undefined) throw new Error(`${first} and ${other}`)
      return all[0] as Outcomes
    },
    async recovered() {
      for (;;) {
        const ready = (await (await fetch(`${url}/readyz`)).json()) as { status: string }
        if (ready.status === 'ok') return
        await pause(50)
        // The broker checks its connections every few seconds.
        await advance(6_000)
      }
    },
    async replaceKeys() {
      for (const dpop of [false, true]) {
        const { clientId } = okta.client('service', { dpop })
        const { privateJwk, publicJwk } = await generateClientKey({ type: 'P-256' })
        okta.update(clientId, { jwks: { keys: [publicJwk as JWK] } })
        await writeFile(join(folder, `${clientId}.json`), JSON.stringify(privateJwk))
      }
      await broker.reload()
    },
    heapBytes: async () => (await broker.memory()).heapBytes,
    [Symbol.asyncDispose]: () => broker[Symbol.asyncDispose](),
  }
}

async function askOnce(url: string, key: KeyObject, seconds: () => number): Promise<Outcomes> {
  const grant = { grant_type: 'client_credentials', connection: 'users' }
  const mine = { authorization: basic('payroll') }
  const assertion = await new SignJWT({ iss: 'signer', sub: 'signer', aud: url, jti: randomUUID() })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuedAt(seconds())
    .setExpirationTime(seconds() + 60)
    .sign(key)
  const proof = {
    client_assertion: assertion,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  }
  const json = { ...mine, 'content-type': 'application/json' }
  const request = JSON.stringify({ method: 'GET', url: '/api/v1/users' })
  const [bySecret, byAssertion, headers, proxied] = await Promise.all([
    statusOf(`${url}/oauth2/token`, { method: 'POST', headers: mine, body: new URLSearchParams(grant) }),
    statusOf(`${url}/oauth2/token`, { method: 'POST', body: new URLSearchParams({ ...grant, ...proof }) }),
    statusOf(`${url}/connections/bound/authorization`, { method: 'POST', headers: json, body: request }),
    statusOf(`${url}/proxy/bound/api/v1/users?limit=1`, { headers: mine }),
  ])
  return { bySecret, byAssertion, headers, proxied }
}

async function statusOf(url: string, init: RequestInit): Promise<number> {
  const response = await fetch(url, init)
  await response.arrayBuffer()
  return response.status
}
