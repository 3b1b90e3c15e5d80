import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { managementClient } from '../../../test/support/management.test.support.js'
import { post } from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'

let okta: OktaEmulator
let call: ReturnType<typeof managementClient>
beforeEach(async () => {
  okta = await startOktaEmulator({ people: 0 })
  call = managementClient(okta)
})
afterEach(() => okta.close())

describe('client secrets', () => {
  it('are added, deactivated and deleted, and the other one still works', async () => {
    const { clientId, clientSecret = '' } = okta.client('web')
    const secrets = `/api/v1/apps/${clientId}/credentials/secrets`
    const added = await call('POST', secrets, {})
    expect(added).toMatchObject({ status: 201, body: { id: expect.stringMatching(/^ocs/), status: 'ACTIVE' } })
    const isAccepted = async (secret: string) => {
      const form = { grant_type: 'refresh_token', refresh_token: 'x', client_id: clientId, client_secret: secret }
      return (await post(okta, '/oauth2/v1/token', form)).body.error === 'invalid_grant'
    }
    const next = String(added.body.client_secret)
    expect([await isAccepted(clientSecret), await isAccepted(next)]).toEqual([true, true])
    const [first] = JSON.parse((await call('GET', secrets)).text)
    expect(await call('DELETE', `${secrets}/${first.id}`)).toMatchObject({ status: 400 })
    expect(await call('POST', `${secrets}/${first.id}/lifecycle/deactivate`)).toMatchObject({
      status: 200,
      body: { status: 'INACTIVE' },
    })
    expect([await isAccepted(clientSecret), await isAccepted(next)]).toEqual([false, true])
    expect(await call('POST', secrets, {})).toMatchObject({
      status: 400,
      body: { errorCauses: [{ errorSummary: "You've reached the maximum number of client secrets per client." }] },
    })
    expect(await call('DELETE', `${secrets}/${first.id}`)).toMatchObject({ status: 204 })
    expect(await call('POST', `${secrets}/${added.body.id}/lifecycle/deactivate`)).toMatchObject({
      status: 400,
      body: { errorCauses: [{ errorSummary: "You can't deactivate the only active client secret." }] },
    })
    expect(await call('POST', secrets, { client_secret: 'short' })).toMatchObject({ status: 400 })
  })
})
