import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { authorizeUrl, clientCredentials, post } from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'
import { ScriptedBrowser } from '../../testing/scripted-browser.js'

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

const denied = {
  error: 'access_denied',
  error_description: 'Policy evaluation failed for this request, please check the policy configurations.',
}

describe('an access policy that does not allow an app', () => {
  it('rejects a token request', async () => {
    expect(await requestToken('default')).toMatchObject({ status: 200 })
    await okta.update(okta.client('service').clientId, { accessPolicy: false })
    expect(await requestToken('default')).toMatchObject({ status: 401, body: denied })
  })

  it('rejects an authorization request by redirect', async () => {
    await okta.update(okta.client('spa').clientId, { accessPolicy: false })
    const { externalRedirect } = await new ScriptedBrowser(okta).open(authorizeAt('default'))
    expect(Object.fromEntries(externalRedirect?.searchParams ?? [])).toEqual({ ...denied, state: 'the-state' })
  })

  it('does not apply to the org authorization server', async () => {
    await okta.update(okta.client('service').clientId, { accessPolicy: false })
    const form = await clientCredentials(okta, okta.client('service'))
    expect(await post(okta, '/oauth2/v1/token', form)).toMatchObject({ status: 200 })
  })

  it('is evaluated after the scopes', async () => {
    await okta.update(okta.client('service').clientId, { accessPolicy: false })
    const path = '/oauth2/default/v1/token'
    const form = await clientCredentials(okta, okta.client('service'), { scope: 'orders:delete', path })
    expect(await post(okta, path, form)).toMatchObject({ status: 400, body: { error: 'invalid_scope' } })
  })
})
