import type { BrokerOptions } from '../../config/connect-options.js'
import { clientNameMissing, parseBrokerOptions } from '../../config/parse-broker-options.js'
import { connect } from '../../connect.js'
import type { Deps } from '../../deps.js'
import { isOktaConnectError } from '../../errors.js'
import { checkIdentityToken, claimsOf } from '../../oauth/identity/identity-claims.js'
import { findIdentityToken } from '../../oauth/identity/identity-token.js'
import { quoted } from '../../safe-text.js'
import { createMemoryStore } from '../../stores/memory-store.js'
import { type Finding, failureOf, ok, skipped, warning } from '../finding.js'

/** Checks the identity token of the platform, and whether the broker issues a token to the client. */
export async function* checkClient(
  options: Partial<BrokerOptions> & Pick<BrokerOptions, 'broker'>,
  deps: Deps,
): AsyncGenerator<Finding> {
  const { clientId } = options
  // The identity token can be checked before there is a client for it.
  const identityToken = await identityFinding({ ...options, clientId: clientId ?? 'any' }, deps)
  yield identityToken
  if (clientId === undefined) yield skipped('client', clientNameMissing().message)
  else if (identityToken.outcome === 'failure') yield skipped('client', 'No credential for the broker was found.')
  else yield await tokenFinding({ ...options, clientId }, deps)
}

async function identityFinding(options: BrokerOptions, deps: Deps): Promise<Finding> {
  const check = 'identity_token'
  try {
    const { connection } = await parseBrokerOptions(options)
    const { authentication, broker, requestTimeoutMs } = connection
    if (authentication.method !== 'identity_token' || broker === undefined) {
      return skipped(check, 'The client authenticates with a key or a secret.')
    }
    const request = { audience: broker.url.origin, requestTimeoutMs, signal: options.signal }
    const found = await findIdentityToken(authentication.source, request, deps)
    checkIdentityToken(found, broker, deps.now())
    const { iss, ...claims } = claimsOf(found.token) ?? {}
    const issuer = iss === undefined ? '' : ` of ${quoted(iss)}`
    return ok(
      check,
      `The identity token${issuer} (${found.place}) is for this broker. Its claims: ${Object.keys(claims)
        .map(name => quoted(name))
        .join(', ')}.`,
    )
  } catch (error) {
    if (isOktaConnectError(error) && error.code === 'cancelled') throw error
    return failureOf(check, error)
  }
}

async function tokenFinding(options: BrokerOptions, deps: Deps): Promise<Finding> {
  const check = 'client'
  const missing: string[] = []
  try {
    // The token is not revoked: the clients of a connection share it.
    const session = await connect(options, {
      ...deps,
      store: createMemoryStore(),
      notify: ({ code, message }) => void (code === 'scope_missing' && missing.push(message)),
    })
    const scopes = await session.token().then(
      token => token.scopes,
      error => (isOktaConnectError(error) && error.code === 'grant_rejected' ? undefined : Promise.reject(error)),
    )
    const [message] = missing
    if (message !== undefined) return warning(check, message, 'Allow these scopes for the client, or omit them.')
    const { clientId, orgUrl } = session
    return scopes === undefined
      ? ok(check, `The broker sends the requests of the client ${clientId} to ${orgUrl.host}.`)
      : ok(check, `The client ${clientId} gets tokens for ${orgUrl.host} with the scopes ${scopes.join(' ')}.`)
  } catch (error) {
    if (isOktaConnectError(error) && error.code === 'cancelled') throw error
    return failureOf(check, error)
  }
}
