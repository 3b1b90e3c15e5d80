import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeInEngines, Engine } from './engine.test.support.js'

describeInEngines('Connect-Okta by client credentials', kind => {
  let okta: OktaEmulator
  let engine: Engine
  let given: { tenant: string; clientId: string; jwk: string; scope: string }

  beforeAll(async () => {
    okta = await startOktaEmulator()
    engine = await Engine.start(kind)
    const { clientId, jwk } = okta.client('service')
    given = { tenant: okta.orgUrl.origin, clientId, jwk: JSON.stringify(jwk), scope: 'okta.users.read' }
  })
  afterAll(async () => {
    await engine[Symbol.asyncDispose]()
    await okta.close()
  })
  beforeEach(() => okta.clearRequests())

  it('says nothing, and leaves a token that works', async () => {
    const { output, errors } = await engine.run(
      `Connect-Okta -Tenant $given.tenant -ClientId $given.clientId -JsonWebKey $given.jwk -Scopes $given.scope
      (Get-OktaAccessToken).GetType().Name
      Get-OktaAccessToken -AsPlainText`,
      given,
    )
    expect({ output, errors }).toEqual({ output: ['SecureString', expect.stringMatching(/^\S{20,}$/)], errors: [] })
  })
})
