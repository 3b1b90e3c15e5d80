import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type LoadOutcome, load, startLoadedBroker, wrongOneIn } from './load.test.support.js'

const minutes = Number(process.env.TORTURE_MINUTES ?? 0)
// In four equal parts. The short run detects a leak of 150 bytes per request.
const amount = minutes > 0 ? Math.min(1_000_000, Math.max(1, Math.floor(minutes)) * 200_000) : 32_000
const many = (count: number) => count.toLocaleString('en')
let okta: OktaEmulator

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }, { kind: 'service', dpop: true }] })
})
afterAll(() => okta.close())
beforeEach(() => okta.clearRequests())

describe('a broker under load', () => {
  it(`has no more heap after ${many(amount)} requests than after half of them`, { timeout: 1_800_000 }, async () => {
    await using broker = await startLoadedBroker(okta)
    const heaps: number[] = []
    for (let part = 1; part <= 4; part++) {
      await loadWell(broker.url, amount / 4)
      okta.clearRequests()
      heaps.push((await broker.memory()).heapBytes)
    }
    const [, half = Number.NaN, , all = Number.NaN] = heaps
    const kib = (bytes: number) => Math.round(bytes / 1024)
    report(`${many(amount)} requests: the heap grew by ${kib(all - half)} KiB in the second half`)
    expect(all - half, `KiB: ${heaps.map(kib).join(' ')}`).toBeLessThan(2 * 1024 ** 2)
  })

  it('holds 10,000 idle connections while it answers others', { timeout: 240_000 }, async () => {
    await using broker = await startLoadedBroker(okta)
    await loadWell(broker.url, 2_000)
    const before = (await broker.memory()).residentBytes
    const idle: Idle[] = []
    try {
      while (idle.length < 10_000) {
        idle.push(...(await Promise.all(Array.from({ length: 200 }, () => Idle.open(broker.port)))))
      }
      const each = ((await broker.memory()).residentBytes - before) / idle.length
      const { p99Ms } = await loadWell(broker.url, minutes > 0 ? 60_000 : 2_000)
      report(`10,000 idle connections: ${Math.round(each / 1024)} KiB each, p99 ${p99Ms} ms beside them`)
      expect(idle.filter(({ isOpen }) => !isOpen)).toHaveLength(0)
      // Each connection still works.
      for (const one of idle) await one.ask()
      expect(each).toBeLessThan(64 * 1024)
    } finally {
      for (const one of idle) one.close()
    }
  })
})

/** An idle keep-alive connection, on which one request was sent. */
class Idle {
  readonly #socket: Socket
  readonly #host: string
  isOpen = true

  private constructor(socket: Socket, host: string) {
    this.#socket = socket
    this.#host = host
    const end = () => {
      this.isOpen = false
    }
    socket.on('close', end).on('error', end)
  }

  static async open(port: number): Promise<Idle> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    const idle = new Idle(socket, `127.0.0.1:${port}`)
    await idle.ask()
    return idle
  }

  async ask(): Promise<void> {
    this.#socket.write(`GET /healthz HTTP/1.1\r\nhost: ${this.#host}\r\n\r\n`)
    const [answer] = await once(this.#socket, 'data')
    expect(String(answer).slice(0, 12)).toBe('HTTP/1.1 200')
  }

  close(): void {
    this.#socket.destroy()
  }
}

async function loadWell(url: string, amount: number): Promise<LoadOutcome> {
  const outcome = await load(url, amount)
  const { 200: good = 0, 401: wrong = 0, 429: held = 0, ...rest } = outcome.statuses
  expect(rest).toEqual({})
  expect(good + wrong + held).toBe(amount)
  // Each connection may stop in the middle of the list of requests.
  expect(Math.abs(wrong + held - amount / wrongOneIn)).toBeLessThanOrEqual(20)
  return outcome
}

function report(line: string): void {
  if (minutes > 0) process.stdout.write(`broker: ${line}\n`)
}
