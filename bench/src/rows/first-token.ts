import { connect, createMemoryStore } from '@connect-okta/core'
import { importJWK } from 'jose'
import * as oauth from 'oauth4webapi'
import { serviceApp, startEmulatorProcess } from '../emulator-process.js'
import type { Row } from '../row.js'

const tokensPerJob = 20

/** What the whole core costs on top of the bare request that a careful programmer writes by hand. */
export const firstToken: Row = rowFor({ dpop: false })

/** The same for an app that demands DPoP, which both sides know: a key, a proof, the nonce and another proof. */
export const firstTokenWithDpop: Row = rowFor({ dpop: true })

interface Job {
  readonly tenant: string
  readonly clientId: string
  readonly jwk: Record<string, unknown>
  readonly dpop: boolean
  readonly fetch: typeof fetch
}

function rowFor({ dpop }: { readonly dpop: boolean }): Row {
  return {
    name: `Library: ${tokensPerJob} first tokens, client credentials${dpop ? ' with DPoP' : ''}`,
    ours: 'connect()',
    reference: 'hand-written with oauth4webapi',
    budget: 1.1,
    pairs: 30,
    async prepare() {
      const emulator = await startEmulatorProcess()
      const app = { tenant: emulator.orgUrl, ...serviceApp(emulator, { dpop }), dpop }
      return {
        ours: () => counted(fetch => byCore({ ...app, fetch })),
        reference: () => counted(fetch => byHand({ ...app, fetch })),
        close: () => emulator.close(),
      }
    },
  }
}

async function counted(getToken: (fetch: typeof globalThis.fetch) => Promise<void>): Promise<{ requests: number }> {
  let requests = 0
  const counting: typeof fetch = (input, init) => {
    requests += 1
    return fetch(input, init)
  }
  for (let i = 0; i < tokensPerJob; i++) await getToken(counting)
  return { requests }
}

async function byCore({ tenant, clientId, jwk, dpop, fetch }: Job): Promise<void> {
  const options = { tenant, clientId, scopes: ['okta.users.read'], jsonWebKey: jwk }
  const session = await connect({ ...options, dpop: dpop ? 'always' : 'auto' }, { store: createMemoryStore(), fetch })
  if ((await session.token()).type !== (dpop ? 'DPoP' : 'Bearer')) throw new Error('no such token came')
}

async function byHand({ tenant, clientId, jwk, dpop, fetch }: Job): Promise<void> {
  const server = { issuer: tenant, token_endpoint: `${tenant}/oauth2/v1/token` }
  const client: oauth.Client = { client_id: clientId }
  const key = (await importJWK(jwk, jwk.kty === 'EC' ? 'ES256' : 'RS256')) as oauth.CryptoKey
  const authentication = oauth.PrivateKeyJwt(
    { key, kid: String(jwk.kid) },
    {
      [oauth.modifyAssertion](_header, payload) {
        payload.aud = server.token_endpoint
      },
    },
  )
  const DPoP = dpop ? oauth.DPoP(client, await oauth.generateKeyPair('ES256')) : undefined
  const request = async () =>
    await oauth.clientCredentialsGrantRequest(
      server,
      client,
      authentication,
      { scope: 'okta.users.read' },
      {
        [oauth.allowInsecureRequests]: true,
        [oauth.customFetch]: fetch,
        // A request without a deadline may never end.
        signal: AbortSignal.timeout(10_000),
        ...(DPoP && { DPoP }),
      },
    )
  const read = async () => await oauth.processClientCredentialsResponse(server, client, await request())
  try {
    await read()
  } catch (error) {
    // The nonce came with the refusal, and the handle has kept it.
    if (DPoP === undefined || !oauth.isDPoPNonceError(error)) throw error
    await read()
  }
}
