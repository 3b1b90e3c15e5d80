import { readdir, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { freeRedirectUri } from '../../test/support/free-redirect-uri.test.support.js'
import { startOrg } from '../../test/support/hostile-org.test.support.js'
import { emptyHome, jsonFile, run as runCommand } from '../../test/support/run.test.support.js'
import { signInAs } from '../../test/support/scripted-browser.test.support.js'

let okta: OktaEmulator
let redirectUri: string
let home: string
let program: string[]
let user: string[]

beforeAll(async () => {
  redirectUri = await freeRedirectUri()
  okta = await startOktaEmulator({
    clients: [
      { kind: 'spa', redirectUris: [redirectUri] },
      { kind: 'service', dpop: true },
    ],
  })
})
afterAll(() => okta.close())
beforeEach(async () => {
  home = await emptyHome()
  const { clientId, jwk } = okta.client('service')
  const org = ['--tenant', okta.orgUrl.origin, '--scopes', 'okta.users.read']
  program = [...org, '--client-id', clientId, '--jwk-file', await jsonFile(home, 'key.json', jwk)]
  user = [...org, '--client-id', okta.client('spa').clientId]
})

const run = (args: readonly string[]) => runCommand(args, { HOME: home })

describe('--verbose', () => {
  it('shows each request without its secrets', async () => {
    const keyText = await readFile(join(home, 'key.json'), 'utf8')
    const output: string[] = []
    const env = { HOME: home, CONNECT_OKTA_REDIRECT_URI: redirectUri }
    const verbose = async (args: readonly string[]) => {
      const { code, stderr } = await runCommand([...args, '--verbose'], env, { openBrowser: signInAs(okta.users[0]) })
      expect(code).toBe(0)
      output.push(stderr)
    }
    await verbose(['login', ...user])
    const { stdout: userToken } = await run(['token', ...user])
    await verbose(['token', ...user, '--force-refresh'])
    await verbose(['login', ...program])
    const { stdout: bound } = await run(['token', ...program.slice(0, -2)])
    await verbose(['api', '/api/v1/users?limit=1', ...program])
    await verbose(['logout', ...user])

    const all = output.join('')
    expect(all).toMatch(/^> POST http:\S+\/oauth2\/v1\/token$/m)
    expect(all).toMatch(/^> (?=.*grant_type=authorization_code).*\bcode=\*\*\*/m)
    expect(all).toMatch(/^> authorization: DPoP \*\*\*$/m)
    expect(all).toMatch(/^< 200 OK \(\d+ ms\)$/m)
    expect(all).toMatch(/"access_token":"\*\*\*"/)
    expect(all).toMatch(/"scope":"[^*"]*okta\.users\.read/)
    const tokens = join(home, '.local/state/connect-okta/tokens')
    const files = (await readdir(tokens)).filter(name => name.endsWith('.json'))
    const stored = await Promise.all(files.map(name => readFile(join(tokens, name), 'utf8')))
    // Everything in a record that looks like a secret: tokens, the parts of a DPoP key.
    const records: readonly string[] = stored.flatMap(text => text.match(/"[\w.~-]{20,}"/g) ?? [])
    const secrets = [userToken.trim(), bound.trim(), ...secretsIn(keyText), ...records.map(text => text.slice(1, -1))]
    const harmless = [okta.client('spa').clientId, okta.client('service').clientId]
    expect(secrets.length).toBeGreaterThan(8)
    for (const secret of secrets) if (!harmless.includes(secret)) expect(all).not.toContain(secret)
    // Assertions, proofs, ID tokens and codes are not stored, but all have one of these forms.
    expect(all.replace(/state=\S+|http\S+authorize\S+/g, '')).not.toMatch(/eyJ[\w-]{10,}/)
  })
})

describe('--verbose, with a hostile org,', () => {
  it.each([
    ['is one text', '"0oaSecretTextOfNoName"'],
    ['has members without a name', '{"":"0oaSecretTextOfNoName"}'],
    ['repeats a signed token', '{"error":"x","error_description":"bad eyJ0oaSecret.eyJTextOfNoName.abc_d-e"}'],
  ])('shows no secret when the response %s', async (_what, body) => {
    const org = await startOrg(home, (_request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(body)
    })
    const { code, stderr } = await run(['api', '/oauth2/x', '--verbose', ...org])
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringContaining('< 200 OK') })
    expect(stderr).not.toMatch(/0oaSecret|TextOfNoName|abc_d-e/)
  })
})

describe('a secret that the server repeats', () => {
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const token = request.headers.authorization?.split(' ')[1] ?? ''
    response.writeHead(request.url === '/redirect' ? 302 : 400, {
      'content-type': 'application/json',
      server: token,
      'x-okta-request-id': `id ${token}`,
      'www-authenticate': `Bearer error_description="${token}"`,
      location: `/callback/${token}?code=SECRET-CODE&access_token=${token}#id_token=SECRET-FRAGMENT`,
      link: `</users?after=SECRET-CURSOR>; rel="next"; title="SECRET-TITLE", <com.app:/cb?code=SECRET-SCHEME>`,
    })
    response.end(JSON.stringify({ errorCode: 'E1', errorSummary: `The token ${token} is wrong` }))
  }

  it.each([
    ['an error', '/x', []],
    ['a redirect', '/redirect', ['--json']],
    ['a trace', '/x', ['--verbose']],
    ['a trace of a redirect', '/redirect', ['--verbose']],
    ['a trace of the authorization server', '/oauth2/v1/x', ['--verbose']],
  ])('is not shown in %s', async (_what, path, flags) => {
    const org = await startOrg(home, answer)
    const { code, stderr } = await run(['api', path, ...flags, ...org])
    expect(code).toBe(4)
    expect(stderr).not.toMatch(/not-a-real-token|SECRET/)
    if (flags.includes('--verbose')) {
      expect(stderr).toMatch(/^< location: http:\/\/127\S+\/callback\/\*\*\*\?code=\*\*\*/m)
      expect(stderr).toMatch(/^< link: <http:\/\/127\S+\/users\?after=\*\*\*>; rel="next", <com.app:\*\*\*>$/m)
    }
  })
})

function secretsIn(jwk: string): readonly string[] {
  const { d, p, q, dp, dq, qi } = JSON.parse(jwk)
  return [d, p, q, dp, dq, qi].filter(part => typeof part === 'string')
}
