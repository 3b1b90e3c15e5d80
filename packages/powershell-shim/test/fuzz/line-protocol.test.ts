import { generateKeyPairSync } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createMemoryStore } from '@connect-okta/core/stores'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failureOf } from '../../src/failure.js'
import { methodsFor } from '../../src/methods.js'
import { toClixml } from '../../src/protocol/clixml.js'
import { type Method, serve } from '../../src/protocol/line-protocol.js'
import { ModuleSigners } from '../../src/sessions/module-signers.js'
import { fromClixml, parseLine } from '../support/clixml.test.support.js'

const parsers = 4
const minutes = Number(process.env.TORTURE_MINUTES ?? 0)
const timeout = (minutes * 60_000) / parsers + 120_000
const canary = 'cAnArY-0123456789'
const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' })

/** With `npm run torture`: as many as its time allows, with another seed each time. */
function cases(numRuns: number): fc.Parameters<unknown> {
  if (minutes > 0) return { numRuns: 1_000_000, interruptAfterTimeLimit: (minutes * 60_000) / parsers }
  return { numRuns, seed: 20_261_124 }
}

/** Writes pieces of input, ends the input, and returns the responses. */
async function responsesTo(pieces: readonly (string | Uint8Array)[], methods: Record<string, Method>) {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const written = text(output)
  for (const piece of pieces) if (piece.length > 0) input.write(piece)
  input.end()
  await serve({ input, output, encode: toClixml, methods, describe: failureOf })
  output.end()
  const whole = await written
  expect(whole).not.toContain(canary)
  return whole.split('\n').slice(0, -1).map(parseResponse)
}

function parseResponse(line: string) {
  expect(line).toMatch(/^(ok|error|output) \d+ <Objs [^\n]*<\/Objs>$/)
  return parseLine(line)
}

const methods: Record<string, Method> = {
  async good() {},
  async list(_params, { signal, writeOutput }) {
    for (const item of [1, 2]) await writeOutput(item)
    if (signal.aborted) throw new Error('aborted')
  },
  async bad(params) {
    throw new Error(String(Object.keys(params).length))
  },
}
// Deeply nested values take long.
const few = (deep: number) => [...Array.from({ length: 20 }, (_, index) => index * 5), deep]
const secret = fc.constantFrom(canary, [canary], { [canary]: canary })
const anything = fc.oneof(fc.jsonValue(), secret)
const id = fc.oneof(fc.nat(3), fc.constantFrom('a', '', '-1', '1.5', '007'))
const method = fc.constantFrom('good', 'bad', 'list', 'cancel', 'toString', '__proto__', canary, '')
const request = fc.oneof(
  fc
    .tuple(fc.constantFrom('request', 'request', 'Request', ''), id, method, anything)
    .map(([word, id, name, parameters]) => `${word} ${id} ${name} ${JSON.stringify(parameters)}`),
  fc.tuple(fc.constantFrom('continue', 'cancel', 'signature'), id).map(([word, id]) => `${word} ${id}`),
  fc.tuple(id, anything).map(([id, response]) => `signature ${id} ${JSON.stringify(response)}`),
)

describe('the line protocol', () => {
  it('writes at most one response a line, and never ends, when lines are random', { timeout }, async () => {
    const line = fc.oneof(
      request,
      fc
        .tuple(request, fc.nat(), fc.string({ unit: 'binary', maxLength: 4 }))
        .map(
          ([whole, at, put]) => whole.slice(0, at % whole.length) + put + whole.slice((at % whole.length) + put.length),
        ),
      fc.string({ unit: 'binary' }),
      fc
        .constantFrom(...few(3_000))
        .map(depth => `request 1 good {"a":${'['.repeat(depth)}"${canary}"${']'.repeat(depth)}}`),
      fc.constantFrom(...few(20_000)).map(depth => `request 1 good ${'['.repeat(depth)}"${canary}"`),
      anything.map(value => JSON.stringify(value)),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 4 }), async lines => {
        const pieces = [...lines, 'request 99 good {}'].map(one => `${one.replaceAll('\n', ' ')}\n`)
        const responses = await responsesTo(pieces, methods)
        const results = responses.filter(({ status }) => status !== 'output')
        expect(results.length).toBeLessThanOrEqual(lines.length + 1)
        expect(responses).toContainEqual({ id: 99, status: 'ok', content: null })
      }),
      cases(1_000),
    )
  })

  it('reads requests when chunks split characters', { timeout }, async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(request, fc.uint8Array({ maxLength: 4 }))
        .map(([line, more]) => Buffer.concat([Buffer.from(line), more, Buffer.from('\n')])),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(bytes, { maxLength: 6 }), async pieces => void (await responsesTo(pieces, methods))),
      cases(1_000),
    )
  })

  it('responds with a result or an error with a code when parameters are random', { timeout }, async () => {
    const methods = methodsFor({
      store: createMemoryStore(),
      writeNotice: () => {},
      notify: () => {},
      signers: new ModuleSigners(),
    })
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
      fc.asyncProperty(calls, async ({ method, params }) => {
        const [response] = await responsesTo([`request 1 ${method} ${JSON.stringify(params)}\n`], methods)
        if (response?.status === 'error') expect(response.content.code).toEqual(expect.any(String))
      }),
      cases(200),
    )
  })

  it('writes CLIXML on one line, which PowerShell reads as the same text, when values are random', {
    timeout,
  }, async () => {
    const value = fc.jsonValue({ stringUnit: 'binary', maxDepth: 5 })
    await fc.assert(
      fc.property(value, given => {
        const written = writtenOrRejected(given)
        if (written === undefined) return
        expect(written).toMatch(/^<Objs [^\p{Cc}]*<\/Objs>$/u)
        if (typeof given === 'string') expect(fromClixml(written)).toBe(given)
      }),
      cases(1_000),
    )
  })
})

/** CLIXML; `undefined` for objects that PowerShell does not have: those with empty names, or names that differ only in case. */
function writtenOrRejected(value: unknown): string | undefined {
  try {
    return toClixml(value)
  } catch (error) {
    expect(error).toMatchObject({
      code: 'server_failed',
      message: expect.stringMatching(/without a name|only in case/),
    })
    return undefined
  }
}

describe('the line protocol, for lines that are not requests', () => {
  it.each([
    ['an unknown word', 'send 1 good {}'],
    ['an ID that is not a number', `request ${canary} good {}`],
    ['a request without parameters', 'request 1 good'],
    ['a cancellation of an unknown call', 'cancel 1'],
    ['a cancellation without an ID', 'cancel'],
  ])('ignores a line when it has %s', async (_what, line) => {
    expect(await responsesTo([`${line}\n`], methods)).toEqual([])
  })
})

describe('the line protocol, for outputs', () => {
  const statuses = async (...lines: readonly string[]) =>
    (
      await responsesTo(
        lines.map(line => `${line}\n`),
        methods,
      )
    ).map(({ status }) => status)

  it('proceeds when the pipeline continues', async () => {
    expect(await statuses('request 1 list {}', 'continue 1', 'continue 1')).toEqual(['output', 'output', 'ok'])
  })

  it('responds, and writes no more outputs, when the call is cancelled or the input ends', async () => {
    expect(await statuses('request 1 list {}', 'cancel 1', 'continue 1')).toEqual(['output', 'error'])
    expect(await statuses('request 1 list {}')).toEqual(['output', 'error'])
  })
})

describe('the line protocol, for requests', () => {
  it.each([
    ['parameters that are a list', `request 1 good ["${canary}"]`],
    ['parameters that are not JSON', `request 1 good {"${canary}`],
    ['an unknown method', `request 1 ${canary.replaceAll('-', '')} {}`],
    ['the name of a method that every object has', 'request 1 toString {}'],
  ])('responds with an error that does not repeat a request when it has %s', async (_what, line) => {
    const [response, ...others] = await responsesTo([`${line}\n`], methods)
    expect(response).toMatchObject({
      id: 1,
      status: 'error',
      content: { message: 'Unexpected error. This is a bug in ConnectOkta.' },
    })
    expect(JSON.stringify(response)).not.toContain(canary.replaceAll('-', ''))
    expect(others).toEqual([])
  })

  it('reads a request when a byte order mark precedes it, which Windows PowerShell may write', async () => {
    const responses = await responsesTo(['\ufeffrequest 1 good {}\n'], methods)
    expect(responses).toEqual([{ id: 1, status: 'ok', content: null }])
  })
})

describe('CLIXML', () => {
  it.each([
    ['what is too deep for PowerShell', JSON.parse(`${'['.repeat(42)}1${']'.repeat(42)}`), '<S>[[1]]</S>'],
    ['what is too deep for JSON', JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`), '<S>...</S>'],
  ])('contains text when a value is %s', (_what, value, written) => {
    expect(toClixml(value)).toContain(written)
  })

  it('is an error when a value is a number that is too large', () => {
    expect(() => toClixml(JSON.parse('[1e999]'))).toThrow('a number that is too large')
  })
})
