import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freeRedirectUri } from '../../test/support/free-redirect-uri.test.support.js'
import { startIssuer } from '../../test/support/hostile-org.test.support.js'
import { emptyHome, run as runCommand } from '../../test/support/run.test.support.js'
import { signInAs } from '../../test/support/scripted-browser.test.support.js'

let okta: OktaEmulator
let redirectUri: string
let home: string

beforeAll(async () => {
  redirectUri = await freeRedirectUri()
  okta = await startOktaEmulator({ clients: [{ kind: 'spa', redirectUris: [redirectUri] }] })
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
})

const run = (args: readonly string[], env: Record<string, string> = {}) => runCommand(args, { HOME: home, ...env })
const commands = [['token'], ['header', '--url', '/x'], ['api', '/x'], ['logout']]

describe.each(commands)('%s', (...command) => {
  it('does not use the token of an app when --grant asks for a user', async () => {
    const { tenant, received } = await startIssuer(home)
    await writeFile(join(home, 'secret.txt'), 'client-secret-0123456789', { mode: 0o600 })
    const secret = ['--client-secret-file', join(home, 'secret.txt')]
    const app = ['--tenant', tenant, '--client-id', '0oa1', '--scopes', 'a', '--authorization-server', 'default']
    expect(await run(['login', ...app, ...secret])).toMatchObject({ code: 0 })
    received.length = 0
    for (const credential of [[], secret]) {
      const result = await run([...command, ...app, ...credential, '--grant', 'authorization_code'])
      expect(result).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('login_required') })
    }
    expect(received).toEqual([])
  })

  it('does not use the sign-in of another user when a login hint is set', async () => {
    const [user = { login: '', password: '' }] = okta.users
    const app = ['--tenant', okta.orgUrl.origin, '--client-id', okta.client('spa').clientId]
    const login = ['login', ...app, '--scopes', 'okta.users.read', '--redirect-uri', redirectUri]
    const signIn = { openBrowser: signInAs(user) }
    expect(await runCommand([...login, '--login-hint', user.login], { HOME: home }, signIn)).toMatchObject({ code: 0 })
    okta.clearRequests()
    const hint = { CONNECT_OKTA_LOGIN_HINT: 'somebody.else@example.com' }
    for (const selection of [[], app]) {
      const result = await run([...command, ...selection], hint)
      expect(result).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining('login_required') })
    }
    expect(okta.requests).toEqual([])
  })
})
