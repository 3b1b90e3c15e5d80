import { execFile } from 'node:child_process'
import { chmod, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const run = promisify(execFile)

async function npmStart(args: readonly string[] = [], env: Record<string, string> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'home-'))
  return await run('npm', ['start', '--', ...args], { cwd: root, env: { ...process.env, HOME: home, ...env } })
}

// What BROWSER names. The emulator tells on its sign-in page who can sign in.
const personAtTheBrowser = `#!${process.execPath}
import { openedAddress, ScriptedBrowser } from ${JSON.stringify(new URL('../packages/emulator/dist/index.js', import.meta.url).href)}
const url = openedAddress(process.argv[2])
const user = { login: 'ada.lovelace@example.com', password: 'analytical-engine-1843' }
await new ScriptedBrowser({ orgUrl: new URL(url.origin) }).visit(url, user)
`

describe('npm start', () => {
  it('does the main job and says what happened', async () => {
    const { stdout } = await npmStart()
    expect(stdout).toContain('with client credentials')
    expect(stdout).toMatch(/GET \/api\/v1\/users answered 200 with \d+ users/)
    expect(stdout).toContain('the token is revoked')
  })

  it('--json prints one JSON document on stdout, without the token', async () => {
    const { stdout } = await npmStart(['--json'])
    expect(JSON.parse(stdout)).toEqual({
      orgUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      grant: 'client_credentials',
      tokenType: 'Bearer',
      expiresAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      scopes: ['okta.users.read'],
      users: expect.any(Number),
    })
  })

  it('--browser signs a person in, in the browser of the system', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'browser-'))
    const browser = join(folder, 'browser.mjs')
    await writeFile(browser, personAtTheBrowser)
    await chmod(browser, 0o755)
    const { stdout } = await npmStart(['--browser'], { BROWSER: browser })
    expect(stdout).toContain('with authorization code')
    expect(stdout).toMatch(/GET \/api\/v1\/users answered 200/)
  })

  it('runs any command of the command line, and passes its exit code on', async () => {
    await expect(npmStart(['token'])).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringContaining('login_required'),
    })
  })
})
