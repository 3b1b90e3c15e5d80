import { connect, createMemoryStore } from '@connect-okta/core'
import { importJWK } from 'jose'
import * as oauth from 'oauth4webapi'
import { serviceApp, startEmulatorProcess } from '../emulator-process.js'
import type { Row } from '../row.js'

const tokensPerJob = 20

/** What the whole core costs on top of the bare request that a careful programmer writes by hand. */
export const firstToken: Row = {
  name: 'Library: the first token, client credentials',
  ours: 'connect()',
  reference: 'hand-written with oauth4webapi',
  budget: 1.1,
  pairs: 30,
  async prepare() {
    const emulator = await startEmulatorProcess()
    const { clientId, jwk } = serviceApp(emulator)
    const tenant = emulator.orgUrl
    const scopes = ['okta.users.read']
    return {
      async ours() {
        for (let i = 0; i < tokensPerJob; i++) {
          const session = await connect({ tenant, clientId, scopes, jsonWebKey: jwk }, { store: createMemoryStore() })
          if ((await session.token()).source !== 'memory') throw new Error('no token came')
        }
      },
      async reference() {
        for (let i = 0; i < tokensPerJob; i++) await byHand(tenant, clientId, jwk, scopes)
      },
      close: () => emulator.close(),
    }
  },
}

async function byHand(tenant: string, clientId: string, jwk: Record<string, unknown>, scopes: readonly string[]) {
  const server = { issuer: tenant, token_endpoint: `${tenant}/oauth2/v1/token` }
  const client = { client_id: clientId }
  const key = (await importJWK(jwk, 'RS256')) as oauth.CryptoKey
  const authentication = oauth.PrivateKeyJwt(
    { key, kid: String(jwk.kid) },
    {
      [oauth.modifyAssertion](_header, payload) {
        payload.aud = server.token_endpoint
      },
    },
  )
  const response = await oauth.clientCredentialsGrantRequest(
    server,
    client,
    authentication,
    { scope: scopes.join(' ') },
    { [oauth.allowInsecureRequests]: true },
  )
  await oauth.processClientCredentialsResponse(server, client, response)
}
