import { readdir, readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { startOrg } from '../support/hostile-org.test.support.js'
import { emptyHome, run as runCommand, runOnTerminal } from '../support/run.test.support.js'

const sources = join(import.meta.dirname, '../../src')

let home: string
beforeEach(async () => {
  home = await emptyHome()
})

// ESC, the 8-bit CSI and OSC, BEL, backspace; characters that change the direction of text; invisible characters.
const hostile =
  'a\u001B[2Jb\u009B2Jc\u009D0;title\u0007d\u0008e\u202Ef\u2066g\u200Fh\u061Ci\u007Fj\u200Bk\uFEFFl\u{E0041}m\u2028'
const latin = 'a\u009B2Jb\u009D0;c'
const controls = /(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/u

const onTerminal = (args: readonly string[]) => runOnTerminal(args, { HOME: home })

const json = { 'content-type': 'application/json' }
const hostileHeaders = { 'x-hostile': latin, link: `<${latin}>; rel="self"`, location: `http://${latin}/` }
const oktaError = JSON.stringify({ errorCode: hostile, errorSummary: hostile })
const bytes = Buffer.from([0x1b, 0x5b, 0x32, 0x4a, 0x9b, 0xc2, 0x9b])

interface Answer {
  readonly status?: number
  readonly text?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

const answers: readonly (readonly [what: string, answer: Answer, args: readonly string[]])[] = [
  ['JSON with escapes', { headers: json, body: JSON.stringify({ hostile }) }, []],
  ['JSON with the characters themselves', { headers: json, body: `{"text":"${hostile.slice(12)}"}` }, []],
  ['text with the content type of JSON', { headers: json, body: hostile }, []],
  ['plain text', { body: hostile }, []],
  ['bytes that are not text', { body: bytes }, []],
  ['status and headers', { text: latin, headers: hostileHeaders }, ['--include']],
  ['pages', { headers: json, body: JSON.stringify([hostile, { hostile }]) }, ['--paginate']],
  ['pages in an array', { headers: json, body: JSON.stringify([hostile]) }, ['--paginate', '--json']],
  ['a redirect', { status: 302, headers: { location: `https://x.example/${latin}` } }, []],
  ['a redirect, as JSON', { status: 302, headers: { location: latin } }, ['--json']],
  ['an error of Okta', { status: 403, headers: json, body: oktaError }, []],
  ['an error of Okta, as JSON', { status: 400, headers: json, body: oktaError }, ['--json']],
  ['a trace', { text: latin, headers: hostileHeaders }, ['--verbose']],
]

function send(response: ServerResponse, { status = 200, text = 'OK', headers = {}, body = '' }: Answer): void {
  response.writeHead(status, text, headers).end(body)
}

describe('on a terminal, api', () => {
  it.each(answers)('shows control characters as escapes when the answer is %s', async (_what, answer, args) => {
    const org = await startOrg(home, (_request, response) => send(response, answer))
    const shown = await onTerminal(['api', '/x', ...args, ...org])
    expect(shown).not.toMatch(controls)
    expect(shown.length).toBeGreaterThan(10)
  })

  it('prints the same JSON when it holds control characters', async () => {
    const org = await startOrg(home, (_request, response) =>
      send(response, { headers: json, body: JSON.stringify({ hostile }) }),
    )
    expect(JSON.parse(await onTerminal(['api', '/x', ...org]))).toEqual({ hostile })
  })
})

describe('on a terminal', () => {
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
  ])('shows no control character when %s has one', async (_what, args) => {
    expect(await onTerminal(args)).not.toMatch(controls)
  })
})

describe('into a pipe, api', () => {
  it('writes every byte unchanged', async () => {
    const org = await startOrg(home, (_request, response) =>
      send(response, { headers: json, body: `{"a":1.0,"text":"\\u009b${hostile}"}\r\n` }),
    )
    const { stdout } = await runCommand(['api', '/x', ...org], { HOME: home })
    expect(stdout).toBe(`{"a":1.0,"text":"\\u009b${hostile}"}\r\n`)
  })

  it('prints the items of pages as the same JSON', async () => {
    const org = await startOrg(home, (_request, response) =>
      send(response, { headers: json, body: JSON.stringify([{ hostile }]) }),
    )
    const { stdout } = await runCommand(['api', '/x', '--paginate', ...org], { HOME: home })
    expect(JSON.parse(stdout)).toEqual({ hostile })
  })
})

describe('the source', () => {
  it('writes to stdout and stderr in one module only', async () => {
    expect(await modulesWith(/\.(stdout|stderr)\b|\bconsole\.|writeSync\(/)).toEqual([
      'bin/process-io.ts',
      'fast-path/write-directly.ts',
      'output/terminal.ts',
    ])
  })

  it('uses the process, its home folder and its clocks only in bin/', async () => {
    const modules = await modulesWith(/\bprocess\.\w|\bhomedir\(|\bDate\.now\(|new Date\(\)|\bperformance\./)
    expect(modules.filter(name => !name.startsWith('bin/'))).toEqual([])
    expect(modules).toContain('bin/process-io.ts')
  })
})

async function modulesWith(pattern: RegExp): Promise<readonly string[]> {
  const names = await readdir(sources, { recursive: true })
  const files = names.filter(name => name.endsWith('.ts') && !name.includes('.test.'))
  const texts = await Promise.all(
    files.map(async name => [name.replaceAll('\\', '/'), await readFile(join(sources, name), 'utf8')] as const),
  )
  return texts.flatMap(([name, text]) => (pattern.test(text) ? [name] : [])).sort()
}
