import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freeRedirectUri } from '../../test/support/free-redirect-uri.test.support.js'
import { emptyHome, jsonFile, run as runCommand } from '../../test/support/run.test.support.js'
import { signInAs } from '../../test/support/scripted-browser.test.support.js'

let okta: OktaEmulator
let redirectUri: string
let home: string

beforeAll(async () => {
  redirectUri = await freeRedirectUri()
  okta = await startOktaEmulator({
    authorizationServers: [{ id: 'cluster', scopes: ['pods.read'], accessTokenLifetimeSeconds: 600 }],
    clients: [
      { kind: 'spa', redirectUris: [redirectUri] },
      { kind: 'service', clientSecret: 'not-a-real-secret' },
      { kind: 'service', dpop: true },
    ],
  })
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
})

const run = (args: readonly string[], env: Record<string, string> = {}) => runCommand(args, { HOME: home, ...env })
const credential = (env: Record<string, string> = {}) => run(['token', '--format', 'exec-credential'], env)
const claimsOf = (jwt: string) => JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString())

describe('token --format exec-credential', () => {
  it('prints the ID token of the user, in the version that kubectl requests', async () => {
    const { clientId } = okta.client('spa')
    const app = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
    const login = ['login', ...app, '--redirect-uri', redirectUri]
    expect(await runCommand(login, { HOME: home }, { openBrowser: signInAs(okta.users[0]) })).toMatchObject({ code: 0 })

    const { code, stdout, stderr } = await credential()
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const { apiVersion, kind, status } = JSON.parse(stdout)
    expect({ apiVersion, kind }).toEqual({ apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential' })
    const { aud, iss, exp } = claimsOf(status.token)
    expect({ aud, iss }).toEqual({ aud: clientId, iss: okta.orgUrl.origin })
    expect(status.expirationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
    expect(Date.parse(status.expirationTimestamp)).toBe(exp * 1000)

    const info = (version: string) => ({ KUBERNETES_EXEC_INFO: JSON.stringify({ apiVersion: version }) })
    const older = await credential(info('client.authentication.k8s.io/v1beta1'))
    expect(JSON.parse(older.stdout).apiVersion).toBe('client.authentication.k8s.io/v1beta1')
    const unknown = await credential(info('client.authentication.k8s.io/v9'))
    expect(unknown).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('kubeconfig') })
  })

  it('opens no browser when kubectl reports that no user is present', async () => {
    const app = ['--tenant', okta.orgUrl.origin, '--client-id', okta.client('spa').clientId, '--scopes', 'openid']
    const token = ['token', ...app, '--format', 'exec-credential', '--interactive']
    const signIn = { openBrowser: signInAs(okta.users[0]) }
    const info = (interactive: boolean) => ({
      HOME: home,
      CONNECT_OKTA_REDIRECT_URI: redirectUri,
      KUBERNETES_EXEC_INFO: JSON.stringify({ apiVersion: 'client.authentication.k8s.io/v1', spec: { interactive } }),
    })
    const { code, stdout, stderr } = await runCommand(token, info(false), signIn)
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
    expect(stderr).toContain('Run connect-okta login')
    expect(stderr).not.toContain('browser')
    expect(await runCommand(token, info(true), signIn)).toMatchObject({ code: 0 })
    expect(await runCommand(token, info(false), signIn)).toMatchObject({ code: 0 })
  })

  it('prints the access token of a custom authorization server', async () => {
    await writeFile(join(home, 'secret'), 'not-a-real-secret')
    const app = ['--tenant', okta.orgUrl.origin, '--client-id', okta.client('service', { dpop: false }).clientId]
    const server = ['--authorization-server', 'cluster', '--scopes', 'pods.read']
    await run(['login', ...app, ...server, '--client-secret-file', join(home, 'secret')])
    const { token } = JSON.parse((await credential()).stdout).status
    expect(claimsOf(token)).toMatchObject({ iss: `${okta.orgUrl.origin}/oauth2/cluster`, scp: ['pods.read'] })
  })

  it.each([false, true])(
    "rejects the org's token of an app, which no API server can check; with DPoP: %s",
    async dpop => {
      const { clientId = '', jwk } = okta.clients[2] ?? {}
      okta.update(clientId, { dpop })
      const file = await jsonFile(home, 'key.json', jwk)
      const app = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
      expect(await run(['login', ...app, '--jwk-file', file])).toMatchObject({ code: 0 })
      expect(await credential()).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining(dpop ? 'bound to a key' : '--authorization-server'),
      })
    },
  )
})
