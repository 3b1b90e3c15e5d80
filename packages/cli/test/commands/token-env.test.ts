import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { emptyHome, jsonFile, run as runCommand } from '../support/run.test.support.js'

// The test runs the shells of POSIX.
const isWindows = process.platform === 'win32'

let okta: OktaEmulator
let home: string
beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }, { kind: 'service', dpop: true }] })
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
})

const run = (args: readonly string[]) => runCommand(['token', ...args], { HOME: home })
async function app(dpop: boolean): Promise<string[]> {
  const { clientId, jwk } = okta.client('service', { dpop })
  const connection = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
  return [...connection, '--jwk-file', await jsonFile(home, 'key.json', jwk)]
}

describe('token --format env', () => {
  it.skipIf(isWindows)('prints the command that sets the token in a shell', async () => {
    const which = await app(false)
    const { stdout: token } = await run(which)
    const { stdout: command } = await run([...which, '--format', 'env'])
    // A program would use the API token of the shell.
    const script = `${command}printf %s "$OKTA_ACCESS_TOKEN" "$OKTA_API_TOKEN"`
    const shown = await promisify(execFile)('sh', ['-c', script], { env: { OKTA_API_TOKEN: 'api-token' } })
    expect(shown.stdout).toBe(token.trim())
  })

  it.each([
    ['powershell', /^Remove-Item Env:OKTA_API_TOKEN.*\n\$env:OKTA_ACCESS_TOKEN = '[^']+'\n$/],
    ['cmd', /^set "OKTA_API_TOKEN="\nset "OKTA_ACCESS_TOKEN=[^"]+"\n$/],
  ])('prints the command of %s', async (shell, expected) => {
    expect((await run([...(await app(false)), '--format', 'env', '--shell', shell])).stdout).toMatch(expected)
  })

  it('rejects a token that is bound to a key, and names exec and proxy', async () => {
    const printed = await run([...(await app(true)), '--format', 'env'])
    expect(printed).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/connect-okta exec.*proxy/) })
  })

  it('names the variable of a static API token, with a note', async () => {
    await writeFile(join(home, 'api-token'), okta.apiTokens[0]?.value ?? '', { mode: 0o600 })
    const flags = ['--tenant', okta.orgUrl.origin, '--api-token-file', join(home, 'api-token')]
    const { stdout, stderr } = await run([...flags, '--format', 'env'])
    expect(stdout).toMatch(/^unset OKTA_ACCESS_TOKEN\nexport OKTA_API_TOKEN='[^']+'\n$/)
    expect(stderr).toContain('static API token')
  })
})
