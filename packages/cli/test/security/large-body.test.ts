import { createReadStream } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, it } from 'vitest'
import { startOrg } from '../support/hostile-org.test.support.js'
import { emptyHome } from '../support/run.test.support.js'
import { runProgram, runProgramOnTerminal, spawnProgram } from '../support/spawn.test.support.js'

const mebibyte = 1024 * 1024
// Concatenated gzip files are one gzip file. 1 GiB compresses to 1 MB.
const part = gzipSync(Buffer.alloc(16 * mebibyte, '1,'))
const decodedMiB = 512
const bomb = Buffer.concat(Array.from({ length: decodedMiB / 16 }, () => part))

let home: string
let env: Record<string, string>
beforeEach(async () => {
  home = await emptyHome()
  const report = `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(join(home, 'rss'))}, String(process.resourceUsage().maxRSS)))`
  await writeFile(join(home, 'report.cjs'), report)
  env = { HOME: home, NODE_OPTIONS: `--require ${join(home, 'report.cjs')}` }
})
const usedMiB = async () => Number(await readFile(join(home, 'rss'), 'utf8')) / 1024

function explode(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(bomb)
}

describe('a response of half a gigabyte from a small gzip body', () => {
  it('streams through bounded memory when stdout is a pipe', async () => {
    const org = await startOrg(home, (_request, response) => explode(response))
    const { child, end } = spawnProgram(['api', '/x', ...org], env)
    let size = 0
    for await (const chunk of child.stdout) size += chunk.byteLength
    expect(await end).toEqual({ code: 0, signal: null })
    expect(size).toBe(decodedMiB * mebibyte)
    expect(await usedMiB()).toBeLessThan(300)
  })

  it('is an error that names the limit when pages are read', async () => {
    const org = await startOrg(home, (_request, response) => explode(response))
    const { code, stdout, stderr } = await runProgram(['api', '/x', '--paginate', ...org], env)
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
    expect(stderr).toMatch(/larger than 32 MiB[\s\S]*server_failed/)
    expect(await usedMiB()).toBeLessThan(300)
  })

  it.skipIf(process.platform !== 'linux')('is an error that names the limit when stdout is a terminal', async () => {
    const org = await startOrg(home, (_request, response) => explode(response))
    const shown = await runProgramOnTerminal(['api', '/x', ...org], env)
    expect(shown).toMatch(/larger than 32 MiB[\s\S]*> FILE/)
    expect(shown.length).toBeLessThan(1000)
    expect(await usedMiB()).toBeLessThan(300)
  })
})

// In the two tests with a pattern, an expression that starts again at each match would take hours.
it('reports an error in time when its message is megabytes of a pattern', async () => {
  const body = JSON.stringify({ errorCode: 'E0000001', errorSummary: 'eyJ'.repeat(1_000_000) })
  const org = await startOrg(home, (_request, response) => response.writeHead(400).end(body))
  const { code, stderr } = await runProgram(['api', '/x', ...org], env)
  expect(code).toBe(4)
  expect(stderr.length).toBeLessThan(1000)
})

it('prints a deeply nested item of a page unchanged', async () => {
  const page = `${'['.repeat(1e6)}${']'.repeat(1e6)}`
  const org = await startOrg(home, (_request, response) => response.end(page))
  const result = await runProgram(['api', '/x', '--paginate', ...org], env)
  expect(result).toMatchObject({ code: 0, stdout: `${page.slice(1, -1)}\n` })
})

it('reads a page of millions of items in bounded memory', async () => {
  const org = await startOrg(home, (_request, response) => response.end(`[${'[],'.repeat(5_000_000)}1]`))
  const { code, stdout } = await runProgram(['api', '/x', '--paginate', ...org], env)
  expect({ code, length: stdout.length }).toEqual({ code: 0, length: 15_000_002 })
  expect(await usedMiB()).toBeLessThan(300)
})

it('fails at once when a page is an endless string of escaped quotes', async () => {
  const org = await startOrg(home, (_request, response) => response.end(`["${'\\"'.repeat(2_000_000)}`))
  const { code, stderr } = await runProgram(['api', '/x', '--paginate', ...org], env)
  expect({ code, stderr }).toEqual({ code: 5, stderr: expect.stringContaining('A page is not JSON') })
})

it('does not indent a response that would become many times longer', async () => {
  const wide = `${'['.repeat(100)}${'[],'.repeat(1_300_000)}1${']'.repeat(100)}`
  const org = await startOrg(home, (_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(wide)
  })
  expect((await runProgramOnTerminal(['api', '/x', ...org], env)).trim()).toBe(wide)
  expect(await usedMiB()).toBeLessThan(300)
})

it('prints a long response of the authorization server when requests are traced', async () => {
  const body = JSON.stringify({ error: 'x'.repeat(200_000) })
  const org = await startOrg(home, (_request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(body)
  })
  const { code, stdout } = await runProgram(['api', '/oauth2/x', '--verbose', ...org], env)
  expect({ code, stdout }).toEqual({ code: 0, stdout: body })
})

it.skipIf(process.platform !== 'linux')('rejects an endless address when a sign-in is manual', async () => {
  const [flag = '', tenant = ''] = await startOrg(home, () => {})
  const { child, result } = spawnProgram(['login', '--manual', flag, tenant, '--client-id', '0oa1'], env)
  child.stdin.on('error', () => {})
  createReadStream('/dev/zero').pipe(child.stdin)
  const { code, stderr } = await result()
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('on stdin is too long') })
  expect(await usedMiB()).toBeLessThan(200)
})

describe.skipIf(process.platform !== 'linux')('an endless input', () => {
  it.each([
    ['a body on stdin', ['api', 'POST', '/x', '--input', '-']],
    ['a body in a file', ['api', 'POST', '/x', '--input', '/dev/zero']],
    ['a field', ['api', 'POST', '/x', '-F', 'a=@/dev/zero']],
    ['a key on stdin', ['login', '--client-id', '0oa1', '--jwk-file', '-']],
    ['an API token on stdin', ['token', '--api-token-file', '-']],
  ])('is rejected with the limit when it is %s', async (_what, args) => {
    const { child, result } = spawnProgram([...args, '--tenant', 'x.okta.com'], env)
    child.stdin.on('error', () => {})
    if (args.includes('-')) createReadStream('/dev/zero').pipe(child.stdin)
    const { code, stderr } = await result()
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('larger than 32 MiB') })
    expect(await usedMiB()).toBeLessThan(300)
  })
})
