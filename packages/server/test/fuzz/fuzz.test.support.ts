import { once } from 'node:events'
import { connect } from 'node:net'
import fc from 'fast-check'
import { afterAll, expect, vi } from 'vitest'

const parsers = 7
const minutes = Number(process.env.TORTURE_MINUTES ?? 0)
// Longer than the time for the cases, because test machines are shared.
vi.setConfig({ testTimeout: (minutes * 60_000) / parsers + 120_000 })

/**
 * The number of cases for a parser. `npm run torture` uses another seed each time, and as many cases as its time allows.
 *
 * @param share a fraction of 1,000 cases.
 */
export function casesFor(share: number): fc.Parameters<unknown> {
  if (minutes > 0) return { numRuns: 1_000_000, interruptAfterTimeLimit: (minutes * 60_000) / parsers }
  return { numRuns: Math.round(1_000 * share), seed: 20_261_125 }
}

/** A secret that no response may contain. */
export const canary = 'cAnArY-0123456789'

let tried = 0
afterAll(() => {
  if (minutes > 0) {
    const file = expect.getState().testPath?.split('/').at(-1)
    process.stdout.write(`fuzzing: ${tried.toLocaleString('en')} cases for ${file} of the broker, no failure\n`)
  }
})

/** A property that must hold for every value. */
export function given<T>(values: fc.Arbitrary<T>, holds: (value: T) => Promise<void>) {
  return fc.asyncProperty(values, async value => {
    tried += 1
    await holds(value)
  })
}

/** A valid text with a random change. */
export const mutated = (right: fc.Arbitrary<string>) =>
  fc.tuple(right, fc.nat(), fc.nat(4), fc.string({ unit: 'binary', maxLength: 4 })).map(([text, at, removed, put]) => {
    const place = at % (text.length + 1)
    return text.slice(0, place) + put + text.slice(place + removed)
  })

/** A request that is sent over the wire without validation. */
export interface Sent {
  readonly method?: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A response. */
export interface Answer {
  readonly status: number
  readonly head: string
  readonly body: string
}

let clients = 0

/** Sends a request from a new address, so that failed attempts do not block later requests. */
export async function send(port: number, { method = 'POST', path, headers = {}, body = '' }: Sent): Promise<Answer> {
  const from = clients++
  const content = Buffer.from(body)
  const lines = Object.entries({
    host: `localhost:${port}`,
    connection: 'close',
    'x-forwarded-for': `10.${from >> 16}.${(from >> 8) & 255}.${from & 255}`,
    ...(method === 'POST' && { 'content-length': String(content.length) }),
    ...headers,
  }).map(([name, value]) => `${name}: ${oneLine(value)}\r\n`)
  const socket = connect(port, '127.0.0.1')
  const pieces: Buffer[] = []
  socket.on('data', piece => pieces.push(piece))
  // The server may close the connection when a request is not valid HTTP.
  socket.on('error', () => {})
  socket.write(Buffer.from(`${method} ${oneLine(path).replaceAll(' ', '+')} HTTP/1.1\r\n${lines.join('')}\r\n`))
  socket.write(content)
  await once(socket, 'close')
  const text = Buffer.concat(pieces).toString()
  const end = text.indexOf('\r\n\r\n')
  return { status: Number(text.slice(9, 12)), head: text.slice(0, end), body: text.slice(end + 4) }
}

const oneLine = (text: string) => text.replace(/[\r\n\0]/g, '')

/** Expects a valid response without a server error and without these secrets. */
export function expectSound({ status, head, body }: Answer, secrets: readonly string[]): void {
  expect(status, `${head}\n${body}`).toBeGreaterThanOrEqual(200)
  expect(status, `${head}\n${body}`).toBeLessThan(500)
  for (const secret of secrets) expect(head + body).not.toContain(secret)
  // Responses to HEAD and to invalid HTTP have no body, or an empty chunk.
  if (status < 400 || body === '' || body === '0\r\n\r\n') return
  expect(head.toLowerCase()).toContain('cache-control: no-store')
  // RFC 6749 §5.2: printable, without quotes and backslashes.
  expect(JSON.parse(body)).toEqual({
    error: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/),
    error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/),
  })
}
