import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { readPages, root } from '../src/pages.mjs'

interface Page {
  readonly path: string
  readonly blocks: readonly { language: string; code: string }[]
}

// What somebody types who follows the page from its top, until an org of one's own is needed.
const page: Page | undefined = (await readPages()).find(({ path }: Page) => path === 'docs/start.md')
const blocks = (page?.blocks ?? []).filter(({ language }) => language === 'sh').map(({ code }) => code)
const typed = blocks.slice(
  0,
  blocks.findIndex(code => code.includes('example.okta.com')),
)

// A person at the browser, with the name and the password that the page tells.
const browser = `#!${process.execPath}
import { openedAddress, ScriptedBrowser } from ${JSON.stringify(import.meta.resolve('@connect-okta/emulator'))}
const url = openedAddress(process.argv[2])
const user = { login: 'ada@example.com', password: 'correct horse' }
await new ScriptedBrowser({ orgUrl: new URL(url.origin) }).visit(url, user)
`

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe.skipIf(inject('systemNeeds').curl === undefined)('docs/start.md, followed literally in an empty home', () => {
  let home: string
  let exitCode: unknown
  let said: string
  let complained: string

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'start-'))
    await writeFile(join(home, 'browser.mjs'), browser, { mode: 0o755 })
    const [org, callback] = [await freePort(), await freePort()]
    // Its ports are ones that no other test listens at, and aliases work as at a prompt.
    const script = ['shopt -s expand_aliases', 'set -e -o pipefail', `PWD=${root}`, ...typed, 'kill %1', 'wait || true']
      .join('\n')
      .replaceAll('8090', String(org))
      .replace('kind: spa', `kind: spa\n    redirectUris: ['http://localhost:${callback}/login/callback']`)
      .replace('connect-okta login', `$& --redirect-uri http://localhost:${callback}/login/callback`)
    const env = { PATH: process.env.PATH, HOME: home, BROWSER: join(home, 'browser.mjs') }
    const shell = spawn('bash', { cwd: home, env, stdio: 'pipe' })
    const outputs = Promise.all([text(shell.stdout), text(shell.stderr)])
    shell.stdin.end(script)
    ;[exitCode] = await once(shell, 'exit')
    ;[said, complained] = await outputs
  })
  afterAll(() => rm(home, { recursive: true, force: true }))

  it('ends well', () => {
    expect({ exitCode, complained }).toEqual({ exitCode: 0, complained: expect.not.stringContaining('error:') })
  })

  it('signs a person in, shows it, calls the API as that person, and logs out', () => {
    expect(complained).toMatch(/Sign in, in the browser/)
    expect(said).toContain('0oaPeopleSignIn00001')
    expect(said).toMatch(/"login": ?"ada@example.com"/)
    expect(complained).toMatch(/Disconnected 0oaPeopleSignIn00001/)
  })

  it('connects a program by its key, and calls the API', () => {
    expect(said.match(/"login": ?"ada@example.com"/g)?.length).toBeGreaterThanOrEqual(2)
    expect(typed).toHaveLength(5)
  })
})
