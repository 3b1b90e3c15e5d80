import { hash } from 'node:crypto'
import type { JWTVerifyGetKey } from 'jose'
import type { ClientSettings } from '../config/config-file.js'
import { durationMs } from '../config/format/duration.js'
import { parseKeys } from './client-keys.js'
import type { IdentityRule } from './identity/identity-rule.js'
import { trustDomainOf } from './identity/spiffe-id.js'
import { parseRequestRule, type RequestRule } from './request-rule.js'

/** How a client may use a connection: get tokens, get signed headers for one request, or send requests through the broker. */
export type AccessMode = 'token' | 'sign' | 'proxy'

/** A program that uses the broker, and its policy. */
export interface Client {
  readonly name: string
  readonly secretDigests: readonly Buffer[]
  readonly keys: JWTVerifyGetKey | undefined
  /** The identity tokens that authenticate it. */
  readonly identities: readonly IdentityRule[]
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
    identities: [...(settings.identity ?? []), ...(settings.spiffe ?? []).map(ruleOfSpiffeId)],
    connections: new Set(settings.connections),
    scopes: scopes && new Set(scopes),
    access: new Set(settings.access),
    requests: requests?.map(parseRequestRule),
    minValidityMs: durationMs(minValidity),
    ratePerMinute: settings.ratePerMinute,
    mayRevoke: settings.mayRevoke,
  }
}

function ruleOfSpiffeId(id: string): IdentityRule {
  return { issuer: trustDomainOf(id) ?? '', claims: [{ path: ['sub'], values: [id] }] }
}

/** The SHA-256 of a secret, which the configuration holds. A secret of high entropy needs no slow hash. */
export function digestOf(secret: string): Buffer {
  return hash('sha256', secret, 'buffer')
}
