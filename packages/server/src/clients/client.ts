import { hash } from 'node:crypto'
import { createLocalJWKSet, type JWK, type JWTVerifyGetKey } from 'jose'
import { type ClientSettings, configInvalid } from '../config/config-file.js'
import { durationMs } from '../config/duration.js'
import { parseRequestRule, type RequestRule } from './request-rule.js'

/** How a client may use a connection: get tokens, get signed headers for one request, or send requests through the broker. */
export type AccessMode = 'token' | 'sign' | 'proxy'

/** A program that uses the broker, and its policy. */
export interface Client {
  readonly name: string
  readonly secretDigests: readonly Buffer[]
  readonly keys: JWTVerifyGetKey | undefined
  readonly connections: ReadonlySet<string>
  /** `undefined`: all scopes of the connections. */
  readonly scopes: ReadonlySet<string> | undefined
  readonly access: ReadonlySet<AccessMode>
  readonly requests: readonly RequestRule[] | undefined
  readonly minValidityMs: number
  readonly ratePerMinute: number | undefined
  readonly mayRevoke: boolean
}

/**
 * Parses the settings of a client.
 *
 * @param jwks its public keys, if the settings name a file of them.
 * @throws {@link OktaConnectError} `options_invalid` for invalid or private keys.
 */
export function parseClient(name: string, settings: ClientSettings, jwks: unknown = settings.jwks): Client {
  const { secretSha256 = [], scopes, requests, minValidity = '0s' } = settings
  return {
    name,
    secretDigests: secretSha256.map(digest => Buffer.from(digest, 'hex')),
    keys: jwks === undefined ? undefined : parseKeys(jwks, `clients.${name}.jwks`),
    connections: new Set(settings.connections),
    scopes: scopes && new Set(scopes),
    access: new Set(settings.access),
    requests: requests?.map(parseRequestRule),
    minValidityMs: durationMs(minValidity),
    ratePerMinute: settings.ratePerMinute,
    mayRevoke: settings.mayRevoke,
  }
}

/** The SHA-256 of a secret, which the configuration holds. A secret of high entropy needs no slow hash. */
export function digestOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer')
}

function parseKeys(jwks: unknown, place: string): JWTVerifyGetKey {
  const invalid = `${place}: must be a public key (JWK) or a set of public keys (JWKS).`
  const keys = keysIn(jwks)
  if (keys === undefined) throw configInvalid(invalid)
  // Members of private and of symmetric keys (RFC 7518 §6).
  if (keys.some(key => 'd' in key || 'k' in key)) throw configInvalid(`${place}: must contain only public keys.`)
  try {
    return createLocalJWKSet({ keys })
  } catch (cause) {
    throw configInvalid(invalid, cause)
  }
}

// A single JWK, as `connect-okta keygen` prints it, is a set of one key.
function keysIn(jwks: unknown): JWK[] | undefined {
  if (typeof jwks !== 'object' || jwks === null) return undefined
  const { keys = [jwks] } = jwks as { readonly keys?: unknown }
  const areKeys = Array.isArray(keys) && keys.length > 0 && keys.every(key => typeof key?.kty === 'string')
  return areKeys ? keys : undefined
}
