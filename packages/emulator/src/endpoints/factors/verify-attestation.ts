import type { Exchange } from '../../http/exchange.js'
import type { Factor } from '../../org/users/factors.js'
import { PUBLIC_KEY_ALGORITHMS } from './factor-json.js'

/** The body of an activation, and the challenge that it must contain. */
export interface AttestationToVerify {
  /** The attestation object (WebAuthn §6.5), in Base64 or Base64url. */
  readonly attestation: unknown
  /** The client data as JSON (WebAuthn §5.8.1), in Base64 or Base64url. */
  readonly clientData: unknown
  /** Base64url. */
  readonly challenge: string
  readonly exchange: Exchange
}

/**
 * Verifies a new credential (WebAuthn §7.1). The relying party ID is the host that the client called, or the host of the org.
 *
 * @returns the credential, or undefined if it is invalid
 */
export async function verifyAttestation({
  attestation,
  clientData,
  challenge,
  exchange: { org, calledOrigin },
}: AttestationToVerify): Promise<NonNullable<Factor['credential']> | undefined> {
  const attestationObject = toBase64url(attestation)
  const clientDataJSON = toBase64url(clientData)
  if (attestationObject === undefined || clientDataJSON === undefined) return undefined
  // Loading it takes longer than the start of an org, and few programs use passkeys.
  const { verifyRegistrationResponse } = await import('@simplewebauthn/server')
  const origins = [org.url.origin, calledOrigin]
  // Okta's API has no credential ID outside the attestation. The library requires one, and does not compare it.
  const id = 'in-the-attestation'
  const result = await verifyRegistrationResponse({
    response: {
      id,
      rawId: id,
      type: 'public-key',
      response: { attestationObject, clientDataJSON },
      clientExtensionResults: {},
    },
    expectedChallenge: challenge,
    expectedOrigin: origins,
    expectedRPID: origins.map(origin => new URL(origin).hostname),
    requireUserVerification: false,
    supportedAlgorithmIDs: PUBLIC_KEY_ALGORITHMS,
  }).catch(() => undefined)
  const { credential } = result?.registrationInfo ?? {}
  // Okta has a name for each AAGUID that it knows. The name for all others is inferred.
  return credential && { id: credential.id, authenticatorName: 'Authenticator' }
}

function toBase64url(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^[\w+/-]+={0,2}$/.test(value)) return undefined
  return Buffer.from(value, 'base64').toString('base64url')
}
