import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import type { JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { type ConnectOptions, connect } from '../../src/index.js'
import { generateClientKey } from '../../src/keys/generate-client-key.js'
import { openStore } from '../../src/stores/open-store.js'
import { withEnvironment } from '../support/environment.test.support.js'
import { freeRedirectUri, TestUser } from '../support/sign-in-org.test.support.js'
import { type StoreSetup, startFileSetup } from './torture.test.support.js'

/** A command for the program: one line of JSON on its standard input. */
type SoakCommand =
  | { readonly do: 'connect'; readonly options: ConnectOptions }
  | { readonly do: 'resume'; readonly store: string }
  | { readonly do: 'work'; readonly afterMs: number }

/** The result: the status or the error code of each session's API request, and the heap size after garbage collection. */
interface SoakResult {
  readonly outcomes: readonly (number | string)[]
  readonly heapBytes: number
}

const minutes = Number(process.env.TORTURE_MINUTES ?? 0)
// `npm run torture` simulates a month.
const days = minutes > 0 ? 30 : 3
const hourMs = 3600_000
const scopes = ['okta.users.read']
const tokenPath = '/oauth2/v1/token'

describe(`a program that runs for ${days} days`, () => {
  it('recovers from every fault and its heap does not grow', { timeout: 600_000 }, async () => {
    const redirectUri = await freeRedirectUri()
    await using okta = await startOktaEmulator({
      clients: [
        { kind: 'service', dpop: true },
        { kind: 'spa', redirectUris: [redirectUri] },
      ],
    })
    const { clientId, jwk } = okta.client('service', { dpop: true })
    const options = { tenant: okta.orgUrl.origin, clientId, scopes, dpop: 'always' as const }
    const setup = await startFileSetup()
    await withEnvironment(setup.environment, async () => {
      const app = { tenant: okta.orgUrl.origin, clientId: okta.client('spa').clientId, scopes, redirectUri }
      await connect(app, { store: openStore('file'), openBrowser: new TestUser(okta).openBrowser })
    })

    await using program = startSoakProgram(setup)
    await program.send({ do: 'connect', options: { ...options, jsonWebKey: jwk as object } })
    await program.send({ do: 'resume', store: 'file' })
    const stats = { hours: 0, faults: 0 }
    const heaps: number[] = []
    for (let hour = 1; hour <= days * 24; hour++) {
      okta.advanceClock(hourMs)
      const fault = faultAt(hour)
      await withFault(fault, okta, async () => {
        const { outcomes } = await program.send({ do: 'work', afterMs: hourMs })
        expect(outcomes).toEqual(fault === 'outage' ? ['network_failed', 'network_failed'] : [200, 200])
      })
      if (fault === 'new key') {
        const newKey = await replaceKey(okta, clientId)
        await program.send({ do: 'connect', options: { ...options, jsonWebKey: newKey } })
      }
      // Requests succeed again once the fault is over.
      const { outcomes, heapBytes } = await program.send({ do: 'work', afterMs: 0 })
      expect(outcomes).toEqual([200, 200])
      heaps.push(heapBytes)
      stats.hours = hour
      if (fault !== undefined) stats.faults += 1
      okta.clearRequests()
    }
    // Compare late with middle values: the heap grows while V8 compiles and optimizes the code.
    const sixth = heaps.length / 6
    const [early, late] = [heaps.slice(sixth * 3, sixth * 4), heaps.slice(sixth * 5)].map(median)
    const growth = ((late ?? Number.NaN) - (early ?? Number.NaN)) / 1024
    if (minutes > 0) {
      process.stdout.write(
        `soak: ${stats.hours} hours, ${stats.faults} faults, 0 requests failed after them, heap grew by ${Math.round(growth)} KiB\n`,
      )
    }
    expect(growth).toBeLessThan(256)
  })
})

type Fault = 'outage' | 'new nonce' | 'rate limit' | 'server error' | 'new key' | undefined

// Prime intervals: each fault comes at changing hours of the day. Only one at a time.
function faultAt(hour: number): Fault {
  if (hour % 67 === 0) return 'new key'
  if (hour % 53 === 0) return 'rate limit'
  if (hour % 41 === 0) return 'server error'
  if (hour % 29 === 0) return 'outage'
  if (hour % 11 === 0) return 'new nonce'
  return undefined
}

async function withFault(fault: Fault, okta: OktaEmulator, act: () => Promise<void>): Promise<void> {
  switch (fault) {
    case 'outage': {
      await using _ = await okta.unreachable({ forMs: 60_000 })
      return await act()
    }
    case 'rate limit': {
      using _ = okta.fault({ endpoint: tokenPath, status: 429, times: 1 })
      return await act()
    }
    case 'server error': {
      using _ = okta.fault({ endpoint: tokenPath, status: 503, retryAfterSeconds: 0, times: 2 })
      return await act()
    }
    default:
      if (fault === 'new nonce') okta.rotateDpopNonce()
      return await act()
  }
}

// Replaces the key of the app at Okta, as an administrator does.
async function replaceKey(okta: OktaEmulator, clientId: string): Promise<object> {
  const { privateJwk, publicJwk } = await generateClientKey({ type: 'P-256' })
  okta.update(clientId, { jwks: { keys: [publicJwk as JWK] } })
  return privateJwk
}

function startSoakProgram({ environment }: StoreSetup) {
  const path = fileURLToPath(new URL('./soak-program.mjs', import.meta.url))
  const child = spawn(process.execPath, ['--expose-gc', path], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const exited = once(child, 'close').then(([code]) => Promise.reject(new Error(`the program exited with ${code}`)))
  exited.catch(() => {})
  return {
    async send(command: SoakCommand): Promise<SoakResult> {
      child.stdin.write(`${JSON.stringify(command)}\n`)
      return JSON.parse(String((await Promise.race([once(lines, 'line'), exited]))[0]))
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited.catch(() => {})
    },
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
