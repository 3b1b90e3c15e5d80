import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { authorizeUrl, clientCredentials, post, send } from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator({
    clients: [{ kind: 'service' }, { kind: 'spa' }],
    authorizationServers: [{ id: 'default', scopes: ['orders:read'] }],
  })
})
afterEach(() => okta.reset())
afterAll(() => okta.close())

async function requestToken(server: string) {
  const path = `/oauth2/${server}/v1/token`
  return post(okta, path, await clientCredentials(okta, okta.client('service'), { scope: 'orders:read', path }))
}

function authorizeAt(server: string): URL {
  const url = authorizeUrl(okta, okta.client('spa'), { scope: 'openid orders:read' })
  url.pathname = `/oauth2/${server}/v1/authorize`
  return url
}

describe('an authorization server that does not exist', () => {
  const notFound = {
    status: 404,
    body: {
      errorCode: 'E0000007',
      errorSummary: 'Not found: Resource not found: nope (AuthorizationServer)',
      errorLink: 'E0000007',
      errorId: expect.stringMatching(/^oae/),
      errorCauses: [],
    },
  }

  it('is not found at the token endpoint', async () => {
    expect(await requestToken('nope')).toMatchObject(notFound)
  })

  it.each(['.well-known/openid-configuration', '.well-known/oauth-authorization-server', 'v1/keys'])(
    'is not found at %s',
    async path => {
      expect(await send(new URL(`/oauth2/nope/${path}`, okta.orgUrl))).toMatchObject(notFound)
    },
  )

  it('is reported on a page at the authorization endpoint', async () => {
    const { status, text } = await send(authorizeAt('nope'))
    expect({ status, text }).toMatchObject({ status: 404, text: expect.stringContaining('Resource not found: nope') })
  })
})

describe('an org without API Access Management', () => {
  const notEnabled = {
    status: 401,
    body: {
      errorCode: 'E0000015',
      errorSummary: 'You do not have permission to access the feature you are requesting',
    },
  }

  it.each(['default', 'nope'])('rejects a token request to the authorization server %s', async server => {
    okta.setFeatures({ apiAccessManagement: false })
    expect(await requestToken(server)).toMatchObject(notEnabled)
    const metadata = `/oauth2/${server}/.well-known/openid-configuration`
    expect(await send(new URL(metadata, okta.orgUrl))).toMatchObject(notEnabled)
  })

  it('shows a page at the authorization endpoint', async () => {
    okta.setFeatures({ apiAccessManagement: false })
    const { status, text } = await send(authorizeAt('default'))
    expect({ status, text }).toMatchObject({
      status: 400,
      text: expect.stringContaining('The requested feature is not enabled in this environment.'),
    })
  })

  it('still has the org authorization server', async () => {
    await using org = await startOktaEmulator({ clients: [{ kind: 'service' }], apiAccessManagement: false })
    const form = await clientCredentials(org, org.client('service'))
    expect(await post(org, '/oauth2/v1/token', form)).toMatchObject({ status: 200 })
  })

  it('has the feature again after a reset', async () => {
    okta.setFeatures({ apiAccessManagement: false })
    await okta.reset()
    expect(await requestToken('default')).toMatchObject({ status: 200 })
  })
})
