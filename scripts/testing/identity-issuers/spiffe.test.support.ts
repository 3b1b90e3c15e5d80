import { generateKeyPairSync, type JsonWebKey } from 'node:crypto'
import {
  type Claims,
  type IdentityIssuer,
  type IdentityIssuerOptions,
  startIdentityIssuer,
} from '../identity-issuer.test.support.js'

/** A trust domain of SPIFFE. */
export interface Spiffe extends AsyncDisposable {
  readonly issuer: IdentityIssuer
  readonly trustDomain: string
  /** The address of the bundle: the key set of the issuer, with its fault and its `Cache-Control`. */
  readonly bundleUrl: string
  bundle(): SpiffeBundle
  /**
   * Signs a JWT-SVID. It has `sub`, `aud` (a list), `exp` and `iat`, but neither `iss` nor `jti`.
   *
   * @param path such as `/ns/prod/sa/payroll`
   */
  svid(path: string, audience: string | readonly string[], claims?: Claims): string
}

/** SPIFFE Trust Domain and Bundle §4: a JWKS with two more members. */
export interface SpiffeBundle {
  readonly spiffe_sequence: number
  /** In seconds. */
  readonly spiffe_refresh_hint: number
  readonly keys: readonly JsonWebKey[]
}

/** Starts a trust domain. It signs with ES256, as SPIRE does by default. */
export async function startSpiffe(
  options: IdentityIssuerOptions & { readonly trustDomain?: string } = {},
): Promise<Spiffe> {
  const { trustDomain = 'example.org', ...rest } = options
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const x509Key = { ...publicKey.export({ format: 'jwk' }), use: 'x509-svid' }
  const bundleOf = ({ keys }: { keys: JsonWebKey[] }): SpiffeBundle => ({
    spiffe_sequence: keys.length,
    spiffe_refresh_hint: 300,
    keys: [x509Key, ...keys.map(({ alg: _, ...key }) => ({ ...key, use: 'jwt-svid' }))],
  })
  const issuer = await startIdentityIssuer({ keysPath: '/bundle', ...rest, formatKeys: bundleOf })
  return {
    issuer,
    trustDomain,
    bundleUrl: `${issuer.issuer}/bundle`,
    bundle: () => bundleOf(issuer.jwks()),
    svid(path, audience, claims = {}) {
      const aud = typeof audience === 'string' ? [audience] : audience
      return issuer.sign({ sub: `spiffe://${trustDomain}${path}`, aud, ...withoutIssuer, ...claims })
    },
    [Symbol.asyncDispose]: () => issuer.close(),
  }
}

const withoutIssuer = { iss: undefined, jti: undefined, nbf: undefined }
