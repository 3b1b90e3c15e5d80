import { execFile } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { browserProgram } from '../testing/browser-program.test.support.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)
// The first of the users that every emulated org has.
const user = { login: 'ada.lovelace@example.com', password: 'analytical-engine-1843' }

function npmStart(args: readonly string[] = [], env: Record<string, string> = {}) {
  const home = mkdtempSync(join(tmpdir(), 'home-'))
  // npm prints the name of the script to stdout unless it is silent.
  const command = ['--silent', 'start', '--', ...args]
  return run('npm', command, { cwd: root, env: { ...process.env, HOME: home, ...env } })
}

describe('npm start', () => {
  it('connects, calls the API, and reports each step', async () => {
    const { stdout } = await npmStart()
    expect(stdout).toContain('(client credentials)')
    expect(stdout).toMatch(/GET \/api\/v1\/users returned 200 with \d+ users/)
    expect(stdout).toContain('The token was revoked')
  })

  it('prints one JSON document without the token when --json is given', async () => {
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

  it('signs a user in with the system browser when --browser is given', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'browser-'))
    const browser = join(folder, 'browser.mjs')
    await writeFile(browser, browserProgram(user), { mode: 0o755 })
    const { stdout } = await npmStart(['--browser'], { BROWSER: browser })
    expect(stdout).toContain('(authorization code)')
    expect(stdout).toMatch(/GET \/api\/v1\/users returned 200/)
  })

  it('prints the URL and waits when there is no browser', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'browser-'))
    const browser = join(folder, 'browser.mjs')
    await writeFile(browser, browserProgram(user), { mode: 0o755 })
    const started = npmStart(['--browser'], { BROWSER: join(folder, 'missing') })
    let shown = ''
    started.child.stdout?.on('data', text => {
      shown += text
      const [url] = /http\S+authorize\S+(?=\n)/.exec(shown) ?? []
      if (url === undefined) return
      shown = ''
      run(browser, [url])
    })
    const { stdout } = await started
    expect(stdout).toMatch(/GET \/api\/v1\/users returned 200/)
  })

  it('runs a CLI command and returns its exit code', async () => {
    await expect(npmStart(['token'])).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringContaining('login_required'),
    })
  })
})
