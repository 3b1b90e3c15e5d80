import { hash } from 'node:crypto'
import { createLocalJWKSet, type JWK, type JWTVerifyGetKey } from 'jose'
import { type CallerSettings, configInvalid } from '../config/config-file.js'
import { durationMs } from '../config/duration.js'
import { parseRequestRule, type RequestRule } from './request-rule.js'

/** How a caller may use a connection. */
export type Way = 'token' | 'authorization' | 'proxy'

/** A program that asks for tokens, and what it may have. */
export interface Caller {
  readonly name: string
  readonly secretDigests: readonly Buffer[]
  readonly keys: JWTVerifyGetKey | undefined
  readonly connections: ReadonlySet<string>
  /** `undefined`: all scopes of the connections. */
  readonly scopes: ReadonlySet<string> | undefined
  readonly ways: ReadonlySet<Way>
  readonly requests: readonly RequestRule[] | undefined
  readonly minValidityMs: number
  readonly ratePerMinute: number | undefined
  readonly mayRevoke: boolean
}

/**
 * Makes a caller from its settings.
 *
 * @param jwks its public keys, where its settings name a file of them.
 * @throws {@link OktaConnectError} `options_invalid` for keys that are none, or private.
 */
export function parseCaller(name: string, settings: CallerSettings, jwks: unknown = settings.jwks): Caller {
  const { secretSha256 = [], scopes, requests, minValidity = '0s' } = settings
  return {
    name,
    secretDigests: secretSha256.map(digest => Buffer.from(digest, 'hex')),
    keys: jwks === undefined ? undefined : parseKeys(jwks, `callers.${name}.jwks`),
    connections: new Set(settings.connections),
    scopes: scopes && new Set(scopes),
    ways: new Set(settings.ways),
    requests: requests?.map(parseRequestRule),
    minValidityMs: durationMs(minValidity),
    ratePerMinute: settings.ratePerMinute,
    mayRevoke: settings.mayRevoke,
  }
}

/** The digest of a secret, which is stored in place of it. A secret of high entropy needs no slow hash. */
export function digestOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer')
}

function parseKeys(jwks: unknown, place: string): JWTVerifyGetKey {
  const keys = keysIn(jwks)
  if (keys === undefined) throw configInvalid(`${place}: it is neither a public key (JWK) nor a set of them (JWKS).`)
  // A private or secret key has no business here (RFC 7518 §6).
  if (keys.some(key => 'd' in key || 'k' in key)) throw configInvalid(`${place}: only public keys belong here.`)
  try {
    return createLocalJWKSet({ keys })
  } catch (cause) {
    throw configInvalid(`${place}: it is neither a public key (JWK) nor a set of them (JWKS).`, cause)
  }
}

// One key stands for a set of one, as `connect-okta keygen` prints it.
function keysIn(jwks: unknown): JWK[] | undefined {
  if (typeof jwks !== 'object' || jwks === null) return undefined
  const { keys = [jwks] } = jwks as { readonly keys?: unknown }
  const areKeys = Array.isArray(keys) && keys.length > 0 && keys.every(key => typeof key?.kty === 'string')
  return areKeys ? keys : undefined
}
