import { type ConnectOptions, connect, type OktaSession } from '@connect-okta/core'
import { createMemoryStore } from '@connect-okta/core/stores'
import type { ServiceApp } from '../emulated-org.js'

/** Gets a token with Connect-Okta. */
export async function getToken(app: ServiceApp): Promise<string> {
  return (await (await connected(app)).token()).value
}

/** Returns a session that has a token. */
export async function connected(app: ServiceApp): Promise<OktaSession> {
  return await connect(optionsFor(app), { store: createMemoryStore() })
}

/** Returns the options of {@link connect}. */
export function optionsFor({ tenant, clientId, scope, issuer, dpop, credential }: ServiceApp): ConnectOptions {
  const common = { tenant, clientId, scopes: [scope] }
  if ('jwk' in credential) return { ...common, jsonWebKey: credential.jwk, dpop: dpop ? 'always' : 'auto' }
  return { ...common, clientSecret: credential.secret, authorizationServer: issuer.replace(/^.*\//, '') }
}
