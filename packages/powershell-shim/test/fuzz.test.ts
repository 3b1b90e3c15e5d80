import { generateKeyPairSync } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createMemoryStore } from '@connect-okta/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toClixml } from '../src/clixml.js'
import { describeError } from '../src/describe-error.js'
import { type Method, serve } from '../src/json-rpc.js'
import { methodsFor } from '../src/methods.js'
import { fromClixml } from './clixml.test.support.js'

const parsers = 4
const minutes = Number(process.env.TORTURE_MINUTES ?? 0)
const timeout = (minutes * 60_000) / parsers + 120_000
const canary = 'cAnArY-0123456789'
const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })

/** By `npm run torture` as many as its time allows for each; in CI always the same; fewer where somebody waits. */
function cases(inCi: number): fc.Parameters<unknown> {
  if (minutes > 0) return { numRuns: 1_000_000, interruptAfterTimeLimit: (minutes * 60_000) / parsers }
  return process.env.CI === 'true' ? { numRuns: inCi, seed: 20_261_124 } : { numRuns: inCi / 10 }
}

/** Says something to a shim, piece by piece, until its input ends; what it answers, line by line. */
async function said(pieces: readonly (string | Uint8Array)[], methods: Record<string, Method>) {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const answers = text(output)
  for (const piece of pieces) if (piece.length > 0) input.write(piece)
  input.end()
  await serve({ input, output, encode: toClixml, methods, describe: describeError })
  output.end()
  const whole = await answers
  expect(whole).not.toContain(canary)
  return whole.split('\n').slice(0, -1).map(parseAnswer)
}

/** An answer, if it is one of JSON-RPC 2.0 (§5). */
function parseAnswer(line: string) {
  const { jsonrpc, id, result, error, ...more } = JSON.parse(line)
  expect(jsonrpc).toBe('2.0')
  expect(more).toEqual({})
  expect(id === null || typeof id === 'string' || typeof id === 'number').toBe(true)
  expect((result === undefined) !== (error === undefined)).toBe(true)
  if (error !== undefined) expect(error).toMatchObject({ code: expect.any(Number), message: expect.any(String) })
  return { id, result, error }
}

const quiet: Record<string, Method> = {
  async good() {},
  async bad(params) {
    throw new Error(String(Object.keys(params).length))
  },
}
// Deep ones take their time.
const few = (deep: number) => [...Array.from({ length: 20 }, (_, index) => index * 5), deep]
const ask = (message: unknown) => said([`${JSON.stringify(message)}\n`], quiet)
const secret = fc.constantFrom(canary, [canary], { [canary]: canary })
const anything = fc.oneof(fc.jsonValue(), secret)
const ids = fc.oneof(fc.nat(3), fc.constantFrom('a', '', null, -1, 1.5), fc.array(fc.nat(1)))
const request = fc.record(
  {
    jsonrpc: fc.oneof({ weight: 5, arbitrary: fc.constant('2.0') }, anything),
    id: ids,
    method: fc.oneof(fc.constantFrom('good', 'bad', 'cancel', 'toString', '__proto__', canary), anything),
    params: fc.oneof(fc.record({ id: ids }), anything),
  },
  { requiredKeys: [] },
)

describe('whatever the shim is told', () => {
  it('is answered or not, line by line, and never ends it', { timeout }, async () => {
    const line = fc.oneof(
      request.map(message => JSON.stringify(message)),
      fc.array(request, { maxLength: 3 }).map(batch => JSON.stringify(batch)),
      fc.tuple(request, fc.nat(), fc.string({ unit: 'binary', maxLength: 4 })).map(([message, at, put]) => {
        const whole = JSON.stringify(message)
        return whole.slice(0, at % whole.length) + put + whole.slice((at % whole.length) + put.length)
      }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom(...few(20_000)).map(depth => `${'['.repeat(depth)}"${canary}"`),
      fc
        .constantFrom(...few(3_000))
        .map(
          depth => `{"jsonrpc":"2.0","id":1,"method":"good","params":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`,
        ),
      anything.map(value => JSON.stringify(value)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 4 }), async lines => {
        const last = '{"jsonrpc":"2.0","id":"last","method":"good"}'
        const answers = await said(
          [...lines, last].map(one => `${one.replaceAll('\n', ' ')}\n`),
          quiet,
        )
        expect(answers.length).toBeLessThanOrEqual(lines.length + 1)
        // It goes on as if nothing had been.
        expect(answers.at(-1)).toEqual({ id: 'last', result: toClixml(undefined), error: undefined })
      }),
      cases(10_000),
    )
  })

  it('in bytes that are no text is refused, however they are cut', { timeout }, async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(request, fc.uint8Array({ maxLength: 4 }))
        .map(([message, more]) => Buffer.concat([Buffer.from(JSON.stringify(message)), more, Buffer.from('\n')])),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { maxLength: 6 }), async pieces => void (await said(pieces, quiet))),
      cases(10_000),
    )
  })

  it('as parameters of a method is carried out or an error of ours', { timeout }, async () => {
    const methods = methodsFor({ store: createMemoryStore(), notify: () => {}, tell: () => {} })
    const options = fc.record(
      {
        tenant: fc.oneof(fc.constantFrom('http://127.0.0.1:9', 'exa mple'), fc.jsonValue()),
        clientId: fc.oneof(fc.constant('0oa1'), fc.jsonValue()),
        scopes: fc.oneof(fc.constant(['okta.users.read']), fc.jsonValue()),
        dpop: fc.oneof(fc.constantFrom('auto', 'never'), fc.jsonValue()),
        authorizationServer: fc.jsonValue(),
        requestTimeoutMs: fc.constant(500),
        clientSecret: secret,
      },
      { requiredKeys: [] },
    )
    const key = fc.oneof(secret, fc.constant(jwk), fc.constant({ ...jwk, d: canary }))
    const calls = fc.oneof(
      fc.tuple(options, key).map(([more, jsonWebKey]) => ({ method: 'connect', params: { ...more, jsonWebKey } })),
      options.map(({ clientSecret: _none, ...params }) => ({ method: 'restore', params })),
      fc
        .record({ minValidityMs: fc.jsonValue(), forceRefresh: fc.jsonValue() })
        .map(params => ({ method: 'token', params })),
      fc.record({ path: fc.jsonValue(), body: fc.jsonValue() }).map(params => ({ method: 'api', params })),
      fc.record({ type: fc.jsonValue(), keyId: fc.jsonValue() }).map(params => ({ method: 'newKey', params })),
      fc.constantFrom('context', 'logins', 'disconnect').map(method => ({ method, params: {} })),
    )
    await fc.assert(
      fc.asyncProperty(calls, async call => {
        const [answer] = await said([`${JSON.stringify({ jsonrpc: '2.0', id: 1, ...call })}\n`], methods)
        expect(answer?.error?.code ?? -32000).toBe(-32000)
      }),
      cases(2_000),
    )
  })

  it('comes back as PowerShell reads it, with nothing in it that JSON would write in another way', {
    timeout,
  }, async () => {
    const value = fc.jsonValue({ stringUnit: 'binary', maxDepth: 5 })
    await fc.assert(
      fc.property(value, given => {
        const written = toClixml(given)
        expect(JSON.stringify(written)).toBe(`"${written}"`)
        expect(written).toMatch(/^<Objs .*<\/Objs>$/s)
        if (typeof given === 'string') expect(fromClixml(written)).toBe(given)
      }),
      cases(10_000),
    )
  })
})

describe('what was found this way', () => {
  it.each([
    ['no parameters for cancel', { jsonrpc: '2.0', method: 'cancel', params: null }],
    ['a notification that nobody knows', { jsonrpc: '2.0', method: 'good' }],
  ])('is not answered: %s', async (_what, message) => {
    expect(await ask(message)).toEqual([])
  })

  it.each([
    ['another version', { jsonrpc: '1.0', id: 1, method: 'good' }, 1, -32600],
    ['a batch', [{ jsonrpc: '2.0', id: 1, method: 'good' }], null, -32600],
    ['an id that is none', { jsonrpc: '2.0', id: {}, method: 'good' }, null, -32600],
    ['parameters by position', { jsonrpc: '2.0', id: 1, method: 'good', params: [canary] }, 1, -32602],
    ['a method that there is not', { jsonrpc: '2.0', id: 1, method: canary }, 1, -32601],
  ])('is refused without a word of it: %s', async (_what, message, id, code) => {
    expect(await ask(message)).toEqual([{ id, error: expect.objectContaining({ code }), result: undefined }])
  })

  it('is heard after a byte order mark, which Windows PowerShell may send first', async () => {
    const answers = await said(['\ufeff{"jsonrpc":"2.0","id":1,"method":"good"}\n'], quiet)
    expect(answers).toEqual([expect.objectContaining({ id: 1, result: toClixml(undefined) })])
  })

  it.each([
    ['a number that is too large', JSON.parse('1e999'), '<Db>INF</Db>'],
    ['what is too deep for PowerShell to read', JSON.parse(`${'['.repeat(42)}1${']'.repeat(42)}`), '<S>[[1]]</S>'],
    ['what is too deep for JSON', JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`), '<S>...</S>'],
  ])('is written all the same: %s', (_what, value, written) => {
    expect(toClixml(value)).toContain(written)
  })
})
