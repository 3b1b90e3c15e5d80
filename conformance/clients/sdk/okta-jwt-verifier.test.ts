import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { run } from '../support/program.js'
import { startTlsOrg, type TlsOrg } from '../support/tls-org.js'

const program = fileURLToPath(new URL('./okta-jwt-verifier.mjs', import.meta.url))

describe.skipIf(inject('systemNeeds').openssl === undefined)('@okta/jwt-verifier', () => {
  let org: TlsOrg
  beforeAll(async () => {
    org = await startTlsOrg({ clients: [{ kind: 'web' }], authorizationServers: [{ id: 'default' }] })
  })
  afterEach(() => org.okta.reset())
  afterAll(() => org?.[Symbol.asyncDispose]())

  async function verify(path: string) {
    const { clientId, clientSecret, redirectUris } = org.okta.client('web')
    const orgUrl = org.okta.orgUrl.origin
    const jwksUri = path === '' ? `${orgUrl}/oauth2/v1/keys` : undefined
    const app = { clientId, clientSecret, redirectUri: redirectUris?.[0], user: org.okta.users[0] }
    const input = JSON.stringify({ orgUrl, issuer: `${orgUrl}${path}`, jwksUri, ...app })
    const { stdout, stderr } = await run({ command: [process.execPath, program], env: org.trust, input })
    expect(stderr).toBe('')
    return JSON.parse(stdout)
  }

  it('verifies the tokens of a custom authorization server, and rejects others', async () => {
    const results = await verify('/oauth2/default')
    const { clientId } = org.okta.client('web')
    const { id, login } = org.okta.users[0] ?? {}
    const iss = `${org.okta.orgUrl.origin}/oauth2/default`
    const scp = expect.arrayContaining(['openid', 'profile'])
    const accessToken = { ver: 1, iss, aud: 'api://default', cid: clientId, uid: id, sub: login, scp }
    expect(results).toMatchObject({
      accessToken,
      audiences: accessToken,
      claim: accessToken,
      idToken: { ver: 1, iss, aud: clientId, sub: id, nonce: 'the-nonce', amr: ['pwd'] },
      otherAudience: { error: expect.stringContaining('does not match expected audience') },
      otherClient: { error: expect.stringContaining('does not match expected client id') },
      otherNonce: { error: expect.stringContaining('nonce') },
      changed: { error: expect.stringContaining('ignature') },
    })
    expect(org.okta.requests).toContainEqual(
      expect.objectContaining({ method: 'GET', path: '/oauth2/default/v1/keys', status: 200 }),
    )
  })

  it('verifies the ID token of the org authorization server with a JWKS URI', async () => {
    const { idToken, accessToken } = await verify('')
    expect(idToken).toMatchObject({ sub: org.okta.users[0]?.id, iss: org.okta.orgUrl.origin })
    // Only Okta can verify the access tokens of the org authorization server.
    expect(accessToken.error).toBeDefined()
    expect(org.okta.requests).toContainEqual(
      expect.objectContaining({ method: 'GET', path: '/oauth2/v1/keys', status: 200 }),
    )
  })
})
