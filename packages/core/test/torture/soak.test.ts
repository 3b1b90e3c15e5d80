import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import type { JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { type ConnectOptions, connect } from '../../src/index.js'
import { generateClientKey } from '../../src/keys/generate-client-key.js'
import { openStore } from '../../src/stores/open-store.js'
import { freeRedirectUri, Person } from '../support/person.test.support.js'
import { type Ground, within } from './torture.test.support.js'

/** What the program gets, a line each, on its standard input. */
type SoakOrder =
  | { readonly do: 'connect'; readonly options: ConnectOptions }
  | { readonly do: 'resume'; readonly store: string }
  | { readonly do: 'work'; readonly afterMs: number }

/** Its answer: the status of each session's request to the API, or its error code, and the heap after a collection. */
interface SoakAnswer {
  readonly outcomes: readonly (number | string)[]
  readonly heapBytes: number
}

const minutes = Number(process.env.TORTURE_MINUTES ?? 0)
// A month in `npm run torture`.
const days = minutes > 0 ? 30 : 3
const hourMs = 3600_000
const scopes = ['okta.users.read']
const tokenPath = '/oauth2/v1/token'

describe(`a program that runs for ${days} days`, () => {
  it('gets every token after every trouble, and holds no more memory at the end', { timeout: 600_000 }, async () => {
    const redirectUri = await freeRedirectUri()
    await using okta = await startOktaEmulator({
      clients: [
        { kind: 'service', dpop: true },
        { kind: 'spa', redirectUris: [redirectUri] },
      ],
    })
    const { clientId, jwk } = okta.client('service', { dpop: true })
    const options = { tenant: okta.orgUrl.origin, clientId, scopes, dpop: 'always' as const }
    const ground = await ownGround()
    await within(ground, async () => {
      const app = { tenant: okta.orgUrl.origin, clientId: okta.client('spa').clientId, scopes, redirectUri }
      await connect(app, { store: openStore('file'), openBrowser: new Person(okta).openBrowser })
    })

    await using soaker = startSoaker(ground)
    await soaker.tell({ do: 'connect', options: { ...options, jsonWebKey: jwk as object } })
    await soaker.tell({ do: 'resume', store: 'file' })
    const seen = { hours: 0, troubles: 0 }
    const heaps: number[] = []
    for (let hour = 1; hour <= days * 24; hour++) {
      okta.advanceClock(hourMs)
      const trouble = troubleAt(hour)
      await during(trouble, okta, async () => {
        const { outcomes } = await soaker.tell({ do: 'work', afterMs: hourMs })
        expect(outcomes).toEqual(trouble === 'outage' ? ['network_failed', 'network_failed'] : [200, 200])
      })
      if (trouble === 'new key') {
        const next = await replaceKey(okta, clientId)
        await soaker.tell({ do: 'connect', options: { ...options, jsonWebKey: next } })
      }
      // Once a trouble is over, so is what came of it.
      const { outcomes, heapBytes } = await soaker.tell({ do: 'work', afterMs: 0 })
      expect(outcomes).toEqual([200, 200])
      heaps.push(heapBytes)
      seen.hours = hour
      if (trouble !== undefined) seen.troubles += 1
      okta.clearRequests()
    }
    // It grows while V8 learns the code, and levels off.
    const part = heaps.length / 6
    const [early, late] = [heaps.slice(part * 3, part * 4), heaps.slice(part * 5)].map(median)
    const growth = ((late ?? Number.NaN) - (early ?? Number.NaN)) / 1024
    if (minutes > 0) {
      process.stdout.write(
        `soak: ${seen.hours} hours, ${seen.troubles} troubles, 0 requests lost after them, heap grew by ${Math.round(growth)} KiB\n`,
      )
    }
    expect(growth).toBeLessThan(256)
  })
})

type Trouble = 'outage' | 'new nonce' | 'busy' | 'at fault' | 'new key' | undefined

// None at the same hour of the day each time, and never two at once.
function troubleAt(hour: number): Trouble {
  if (hour % 67 === 0) return 'new key'
  if (hour % 53 === 0) return 'busy'
  if (hour % 41 === 0) return 'at fault'
  if (hour % 29 === 0) return 'outage'
  if (hour % 11 === 0) return 'new nonce'
  return undefined
}

async function during(trouble: Trouble, okta: OktaEmulator, act: () => Promise<void>): Promise<void> {
  switch (trouble) {
    case 'outage': {
      await using _ = await okta.unreachable({ forMs: 60_000 })
      return await act()
    }
    case 'busy': {
      using _ = okta.fault({ endpoint: tokenPath, status: 429, times: 1 })
      return await act()
    }
    case 'at fault': {
      using _ = okta.fault({ endpoint: tokenPath, status: 503, retryAfterSeconds: 0, times: 2 })
      return await act()
    }
    default:
      if (trouble === 'new nonce') okta.rotateDpopNonce()
      return await act()
  }
}

// As an administrator does who changes the key of an app.
async function replaceKey(okta: OktaEmulator, clientId: string): Promise<object> {
  const { privateJwk, publicJwk } = await generateClientKey({ type: 'P-256' })
  okta.update(clientId, { jwks: { keys: [publicJwk as JWK] } })
  return privateJwk
}

async function ownGround(): Promise<Ground> {
  const state = join(await mkdtemp(join(tmpdir(), 'soak-')), 'state')
  return { name: 'file', environment: { CONNECT_OKTA_STATE_DIR: state }, stop: async () => {} }
}

function startSoaker({ environment }: Ground) {
  const path = fileURLToPath(new URL('./soaker.mjs', import.meta.url))
  const child = spawn(process.execPath, ['--expose-gc', path], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })
  const ended = once(child, 'close').then(([code]) => Promise.reject(new Error(`the program ended with ${code}`)))
  ended.catch(() => {})
  return {
    async tell(order: SoakOrder): Promise<SoakAnswer> {
      child.stdin.write(`${JSON.stringify(order)}\n`)
      return JSON.parse(String((await Promise.race([once(lines, 'line'), ended]))[0]))
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await ended.catch(() => {})
    },
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
