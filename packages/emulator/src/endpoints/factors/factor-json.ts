import type { Org } from '../../org/org.js'
import type { Factor } from '../../org/users/factors.js'
import type { User } from '../../org/users/user.js'

/** The algorithms of public keys that Okta accepts: ES256 and RS256. */
export const PUBLIC_KEY_ALGORITHMS = [-7, -257]

/** A factor in Okta's format (examples `EnrollFactorWebauthnResponse` and `ActivateFactorWebauthnResponse` of its OpenAPI file). */
export function factorJson(org: Org, user: User, factor: Factor): object {
  const { id, created, lastUpdated, challenge, credential } = factor
  const userUrl = new URL(`/api/v1/users/${user.id}`, org.url).href
  const self = `${userUrl}/factors/${id}`
  return {
    id,
    factorType: 'webauthn',
    provider: 'FIDO',
    vendorName: 'FIDO',
    status: credential === undefined ? 'PENDING_ACTIVATION' : 'ACTIVE',
    created: created.toISOString(),
    lastUpdated: lastUpdated.toISOString(),
    ...(credential && {
      profile: { credentialId: credential.id, authenticatorName: credential.authenticatorName },
    }),
    _links: {
      ...(credential === undefined
        ? { activate: link(`${self}/lifecycle/activate`, 'POST') }
        : { verify: link(`${self}/verify`, 'POST') }),
      self: link(self, 'GET', ...(credential === undefined ? [] : ['DELETE'])),
      user: link(userUrl, 'GET'),
    },
    ...(challenge && { _embedded: { activation: activationJson(org, user, challenge.value) } }),
  }
}

/** `PublicKeyCredentialCreationOptions` (WebAuthn §5.4). `rp` has no ID: clients use the host of the org. */
function activationJson(org: Org, user: User, challenge: string): object {
  const credentials = org.factors.ofUser(user.id).flatMap(({ credential }) => credential ?? [])
  return {
    attestation: 'direct',
    // `requireResidentKey` is true where users can create passkeys (release notes 2026, OKTA-1176293).
    authenticatorSelection: { userVerification: 'preferred', requireResidentKey: true },
    challenge,
    excludeCredentials: credentials.map(({ id }) => ({ type: 'public-key', id })),
    pubKeyCredParams: PUBLIC_KEY_ALGORITHMS.map(alg => ({ type: 'public-key', alg })),
    rp: { name: 'Okta emulator' },
    user: { displayName: `${user.profile.firstName} ${user.profile.lastName}`, name: user.profile.login, id: user.id },
  }
}

function link(href: string, ...allow: readonly string[]): object {
  return { href, hints: { allow } }
}
