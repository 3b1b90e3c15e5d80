import { readdir, readFile, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { beforeEach, describe, expect, it } from 'vitest'
import { startOrg } from './hostile-org.test.support.js'
import { emptyHome, run as runCommand, runOnTerminal } from './run.test.support.js'

let home: string
beforeEach(async () => {
  home = await emptyHome()
})

// What a terminal obeys: ESC, the 8-bit CSI and OSC, BEL, backspace; what turns the order of characters around; and what is invisible.
const hostile =
  'a\u001B[2Jb\u009B2Jc\u009D0;title\u0007d\u0008e\u202Ef\u2066g\u200Fh\u061Ci\u007Fj\u200Bk\uFEFFl\u{E0041}m\u2028'
const latin = 'a\u009B2Jb\u009D0;c'
const obeyed = /(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/u

const onTerminal = async (args: readonly string[], env = {}) =>
  // The terminal itself writes each newline as two characters.
  (await runOnTerminal(args, { HOME: home, ...env })).replaceAll('\r\n', '\n')

type Reply = (response: ServerResponse) => unknown
const replies: readonly (readonly [what: string, reply: Reply, args: readonly string[]])[] = [
  ['JSON with escapes', response => sendJson(response, JSON.stringify({ hostile })), []],
  ['JSON with the characters themselves', response => sendJson(response, `{"text":"${hostile.slice(12)}"}`), []],
  ['text that is said to be JSON', response => sendJson(response, hostile), []],
  ['plain text', response => response.end(hostile), []],
  ['bytes that are no text', response => response.end(Buffer.from([0x1b, 0x5b, 0x32, 0x4a, 0x9b, 0xc2, 0x9b])), []],
  ['status and headers', sendHeaders, ['--include']],
  ['pages', response => sendJson(response, JSON.stringify([hostile, { hostile }])), ['--paginate']],
  ['pages in an array', response => sendJson(response, JSON.stringify([hostile])), ['--paginate', '--json']],
  ['a redirect', response => response.writeHead(302, { location: `https://x.example/${latin}` }).end(), []],
  ['a redirect, as JSON', response => response.writeHead(302, { location: latin }).end(), ['--json']],
  ['an error of Okta', response => sendError(response, 403), []],
  ['an error of Okta, as JSON', response => sendError(response, 400), ['--json']],
  ['a trace', sendHeaders, ['--verbose']],
]

function sendJson(response: ServerResponse, body: string): void {
  response.setHeader('content-type', 'application/json')
  response.end(body)
}

function sendHeaders(response: ServerResponse): void {
  response.writeHead(200, latin, { 'x-hostile': latin, link: `<${latin}>; rel="self"`, location: `http://${latin}/` })
  response.end()
}

function sendError(response: ServerResponse, status: number): void {
  response.statusCode = status
  sendJson(response, JSON.stringify({ errorCode: hostile, errorSummary: hostile }))
}

describe.skipIf(process.platform !== 'linux')('on a terminal, api', () => {
  it.each(replies)('shows control characters as escapes when the answer is %s', async (_what, reply, args) => {
    const org = await startOrg(home, (_request, response) => reply(response))
    const shown = await onTerminal(['api', '/x', ...args, ...org])
    expect(shown).not.toMatch(obeyed)
    expect(shown.length).toBeGreaterThan(10)
  })

  it('prints JSON that is still the same JSON when it holds control characters', async () => {
    const org = await startOrg(home, (_request, response) => sendJson(response, JSON.stringify({ hostile })))
    expect(JSON.parse(await onTerminal(['api', '/x', ...org]))).toEqual({ hostile })
  })

  it('shows control characters of a header as escapes when progress moves', async () => {
    const org = await startOrg(home, ({ url }, response) => {
      const next = url === '/x' ? { link: '</y>; rel="next"' } : {}
      response.writeHead(200, { ...next, 'x-rate-limit-remaining': latin, 'x-rate-limit-limit': latin })
      setTimeout(() => response.end('[1]'), url === '/x' ? 0 : 500)
    })
    const shown = await onTerminal(['api', '/x', '--paginate', ...org], { CI: '' })
    expect(shown).toContain('items so far, a\\u009b2Jb')
    expect(shown).not.toMatch(/[\u0080-\u009F]/)
  })
})

describe.skipIf(process.platform !== 'linux')('on a terminal', () => {
  it.each([
    ['a command', [hostile]],
    ['a flag', ['token', `--${hostile}`]],
    ['a value', ['token', '--min-validity', hostile]],
    ['a choice', ['token', '--format', hostile]],
    ['a profile', ['token', '--profile', hostile]],
    ['a profile to show', ['profiles', 'show', hostile]],
    ['a tenant', ['doctor', '--tenant', hostile]],
    ['a path', ['api', hostile]],
    ['a file', ['api', 'POST', '/x', '--input', hostile]],
    ['a store', ['status', '--store', hostile]],
    ['a key file', ['login', '--tenant', 'x.okta.com', '--client-id', '0oa1', '--jwk-file', hostile]],
    ['what is completed', ['__complete', `=${hostile}`]],
  ])('no control character is shown when %s has one', async (_what, args) => {
    expect(await onTerminal(args)).not.toMatch(obeyed)
  })
})

describe.skipIf(process.platform !== 'linux')('on a terminal, a bug', () => {
  it('is reported without control characters when it is thrown outside of a command', async () => {
    await writeFile(`${home}/bug.cjs`, `setTimeout(() => { throw new Error(${JSON.stringify(hostile)}) }, 300)`)
    const org = await startOrg(home, () => {})
    const shown = await onTerminal(['api', '/x', ...org], { NODE_OPTIONS: `--require ${home}/bug.cjs` })
    expect(shown).toContain('a bug in connect-okta')
    expect(shown).not.toMatch(obeyed)
  })
})

it('ends with an error when a command waits for what never comes', async () => {
  // As a stream does that nothing feeds: the promise is never settled, and nothing keeps the process.
  await writeFile(
    `${home}/never.cjs`,
    `require('node:stream/web').ReadableStream.prototype.values = () => ({
    [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) })
  })`,
  )
  const org = await startOrg(home, (_request, response) => response.end('{}'))
  const env = { HOME: home, NODE_OPTIONS: `--require ${home}/never.cjs` }
  expect(await runCommand(['api', '/x', ...org], env)).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringContaining('without a result'),
  })
})

describe('into a pipe, api', () => {
  it('writes every byte as it came', async () => {
    const org = await startOrg(home, (_request, response) =>
      sendJson(response, `{"a":1.0,"text":"\\u009b${hostile}"}\r\n`),
    )
    const { stdout } = await runCommand(['api', '/x', ...org], { HOME: home })
    expect(stdout).toBe(`{"a":1.0,"text":"\\u009b${hostile}"}\r\n`)
  })

  it('prints items of pages that are the same JSON', async () => {
    const org = await startOrg(home, (_request, response) => sendJson(response, JSON.stringify([{ hostile }])))
    const { stdout } = await runCommand(['api', '/x', '--paginate', ...org], { HOME: home })
    expect(JSON.parse(stdout)).toEqual({ hostile })
  })
})

describe('the source', () => {
  it('writes to stdout and stderr in one module only', async () => {
    const names = await readdir(import.meta.dirname, { recursive: true })
    const files = names.filter(name => name.endsWith('.ts') && !name.includes('.test.'))
    const writing = /process\.(stdout|stderr)|\bconsole\.|writeSync\(/
    const texts = await Promise.all(
      files.map(async name => [name, await readFile(`${import.meta.dirname}/${name}`, 'utf8')]),
    )
    expect(texts.filter(([, text = '']) => writing.test(text)).map(([name]) => name)).toEqual(['terminal.ts'])
  })
})
