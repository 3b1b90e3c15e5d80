import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { authorizeUrl, clientCredentials, post, redeem } from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'
import { ScriptedBrowser } from '../../testing/scripted-browser.js'

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator({
    clients: [{ kind: 'spa' }, { kind: 'service' }, { kind: 'web', clientSecret: 'a secret: 100% + more' }],
  })
})
afterAll(() => okta.close())

const wrongSecret = {
  status: 401,
  body: {
    error: 'invalid_client',
    error_description: 'The client secret supplied for a confidential client is invalid.',
  },
}

describe('client authentication', () => {
  it('rejects an unknown client with an error in the format of the API', async () => {
    const form = { grant_type: 'client_credentials', client_id: '0oaUnknownApp0000000', client_secret: 'x' }
    expect(await post(okta, '/oauth2/v1/token', form)).toMatchObject({
      status: 401,
      body: {
        errorCode: 'invalid_client',
        errorSummary: "Invalid value for 'client_id' parameter.",
        errorLink: 'invalid_client',
        errorId: expect.stringMatching(/^oae/),
        errorCauses: [],
      },
    })
  })

  it('rejects a request without a client_id', async () => {
    expect(await post(okta, '/oauth2/v1/token', { grant_type: 'client_credentials' })).toMatchObject({
      status: 400,
      body: { error: 'invalid_client', error_description: 'A client_id must be provided in the request.' },
    })
  })

  it('rejects a confidential client without credentials', async () => {
    const form = { ...(await clientCredentials(okta, okta.client('service'))), client_assertion: undefined }
    const { clientId: client_id } = okta.client('service')
    expect(await post(okta, '/oauth2/v1/token', { ...form, client_id })).toMatchObject({
      status: 401,
      body: {
        error: 'invalid_client',
        error_description: 'No client credentials found.',
      },
    })
  })

  it('accepts the secret of a web app in the form or the header, and rejects a wrong one in both', async () => {
    const web = okta.client('web')
    const browser = new ScriptedBrowser(okta)
    const code = () => browser.signIn(authorizeUrl(okta, web, { prompt: 'login' }), okta.users[0])
    const basic = (secret = '') => ({
      authorization: `Basic ${Buffer.from(`${web.clientId}:${encodeURIComponent(secret)}`).toString('base64')}`,
    })
    const inHeader = { client_id: undefined, client_secret: undefined }

    expect(await redeem(okta, web, await code())).toMatchObject({ status: 200 })
    expect(await redeem(okta, web, await code(), inHeader, basic(web.clientSecret))).toMatchObject({ status: 200 })
    expect(await redeem(okta, web, await code(), { client_secret: 'wrong' })).toMatchObject(wrongSecret)
    expect(await redeem(okta, web, await code(), inHeader, basic('wrong'))).toMatchObject(wrongSecret)
  })

  it('rejects a secret when the app has none', async () => {
    const spa = okta.client('spa')
    const response = await new ScriptedBrowser(okta).signIn(authorizeUrl(okta, spa), okta.users[0])
    expect(await redeem(okta, spa, response, { client_secret: 'made up' })).toMatchObject(wrongSecret)
  })
})
