import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { load, startLoadedBroker, wrongOneIn } from './load.test.support.js'

const minutes = Number(process.env.TORTURE_MINUTES ?? 0)
// A million where there are five minutes or more; fewer where somebody waits, who sees a leak of a KiB a request.
const amount = minutes > 0 ? Math.min(1_000_000, Math.max(1, Math.floor(minutes)) * 200_000) : 60_000
const early = minutes > 0 ? amount / 10 : 20_000
const many = (count: number) => count.toLocaleString('en')
let okta: OktaEmulator

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }, { kind: 'service', dpop: true }] })
})
afterAll(() => okta.close())
beforeEach(() => okta.clearRequests())

describe.skipIf(process.platform !== 'linux')('a broker under load', () => {
  it(`has no more memory after ${many(amount)} requests than after ${many(early)}`, {
    timeout: 1_800_000,
  }, async () => {
    await using broker = await startLoadedBroker(okta)
    const sizes: number[] = []
    for (let done = 0; done < amount; done += early) {
      await loadWell(broker.url, early)
      okta.clearRequests()
      sizes.push(await settled(broker.residentBytes))
    }
    const [first = 0] = sizes
    // Of many samples the last two: the collector has its own time.
    const last = Math.min(...sizes.slice(-Math.ceil(sizes.length / 5)))
    report(
      `${many(amount)} requests: ${mib(first)} MiB resident after ${many(early)} of them, ${mib(last)} MiB after all`,
    )
    expect(last / first, `MiB: ${sizes.map(mib).join(' ')}`).toBeLessThan(1.1)
  })

  it('holds 10,000 idle connections while it answers others', { timeout: 240_000 }, async () => {
    await using broker = await startLoadedBroker(okta)
    await loadWell(broker.url, 2_000)
    const alone = await load(broker.url, { seconds: 2 })
    const before = await settled(broker.residentBytes)
    const idle: Idle[] = []
    try {
      while (idle.length < 10_000) {
        idle.push(...(await Promise.all(Array.from({ length: 200 }, () => Idle.open(broker.port)))))
      }
      const each = ((await settled(broker.residentBytes)) - before) / idle.length
      const { statuses, p99Ms } = await load(broker.url, { seconds: minutes > 0 ? 30 : 4 })
      report(
        `10,000 idle connections: ${Math.round(each / 1024)} KiB each; p99 ${p99Ms} ms beside them, ${alone.p99Ms} ms without`,
      )
      expect(statuses).toEqual({ 200: expect.any(Number), 429: expect.any(Number) })
      expect(p99Ms).toBeLessThan(Math.max(100, alone.p99Ms * 5))
      expect(idle.filter(({ isOpen }) => !isOpen)).toHaveLength(0)
      // Each of them still works.
      for (const one of idle) await one.ask()
      expect(each).toBeLessThan(64 * 1024)
    } finally {
      for (const one of idle) one.close()
    }
  })
})

/** A connection that has asked for something once, as those of clients that keep them have. */
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

async function loadWell(url: string, amount: number): Promise<void> {
  const { statuses } = await load(url, { amount })
  const { 200: good = 0, 401: wrong = 0, 429: held = 0, ...rest } = statuses
  expect(rest).toEqual({})
  expect(good + wrong + held).toBe(amount)
  // As many as were wrong; a connection ends in the middle of its round.
  expect(Math.abs(wrong + held - amount / wrongOneIn)).toBeLessThanOrEqual(20)
}

// The least of some moments: what is to be collected is not held.
async function settled(measure: () => Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let times = 0; times < 10; times++) {
    await pause(200)
    least = Math.min(least, await measure())
  }
  return least
}

const mib = (bytes: number) => Math.round(bytes / 1024 / 1024)

function report(line: string): void {
  if (minutes > 0) process.stdout.write(`broker: ${line}\n`)
}
