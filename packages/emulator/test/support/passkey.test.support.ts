import { createHash, generateKeyPairSync, type JsonWebKey, randomBytes, sign } from 'node:crypto'
import { cose, isoCBOR } from '@simplewebauthn/server/helpers'
import type { OktaEmulator } from '../../src/start-okta-emulator.js'
import { send, type TestResponse } from './relying-party.test.support.js'

/** A factor, as Okta's API returns it. */
export interface FactorBody {
  readonly id: string
  readonly status: string
  readonly profile?: { readonly credentialId: string; readonly authenticatorName: string }
  readonly _links: Readonly<Record<string, { readonly href: string }>>
  readonly _embedded?: { readonly activation: { readonly challenge: string; readonly [name: string]: unknown } }
}

/** Sends a request to the factor API. An object is sent as JSON. */
export function callFactors(
  okta: OktaEmulator,
  token: string,
  { method = 'GET', path = '', body, userId = okta.users[0]?.id, headers = {} }: FactorRequest = {},
): Promise<TestResponse> {
  return send(new URL(`/api/v1/users/${userId}/factors${path}`, okta.orgUrl), {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
}

export interface FactorRequest {
  readonly method?: string
  readonly path?: string
  readonly body?: unknown
  readonly userId?: string | undefined
  readonly headers?: Record<string, string>
}

export const WEBAUTHN = { factorType: 'webauthn', provider: 'FIDO' }

/** Enrolls a passkey for the first user, and returns the factor with its challenge. */
export async function enroll(okta: OktaEmulator, token: string, query = '') {
  const { text } = await callFactors(okta, token, { method: 'POST', path: query, body: WEBAUTHN })
  const factor: FactorBody = JSON.parse(text)
  return { id: factor.id, challenge: factor._embedded?.activation.challenge ?? '' }
}

/** Changes to a valid credential. */
export interface CredentialChanges {
  readonly type?: string
  readonly origin?: string
  readonly rpId?: string
  readonly flags?: number
  readonly algorithm?: number
  readonly format?: 'none' | 'packed'
  readonly credentialId?: Buffer
}

/** Creates a credential, as an authenticator with a key of its own does (WebAuthn §6.5). */
export function createCredential(
  okta: OktaEmulator,
  challenge: string,
  {
    type = 'webauthn.create',
    origin = okta.orgUrl.origin,
    rpId = okta.orgUrl.hostname,
    flags = USER_PRESENT | HAS_CREDENTIAL,
    algorithm = cose.COSEALG.ES256,
    format = 'none',
    credentialId = randomBytes(32),
  }: CredentialChanges = {},
) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const clientData = Buffer.from(JSON.stringify({ type, challenge, origin }))
  const authData = Buffer.concat([
    sha256(rpId),
    Buffer.from([flags, 0, 0, 0, 0]),
    Buffer.alloc(16),
    Buffer.from([0, credentialId.length]),
    credentialId,
    coseKey(publicKey.export({ format: 'jwk' }), algorithm),
  ])
  const signed = Buffer.concat([authData, sha256(clientData)])
  const statement = new Map<string, number | Uint8Array>()
  if (format === 'packed') statement.set('alg', algorithm).set('sig', sign('sha256', signed, privateKey))
  const attestation = isoCBOR.encode(
    new Map<string, string | typeof statement | Uint8Array>([
      ['fmt', format],
      ['attStmt', statement],
      ['authData', new Uint8Array(authData)],
    ]),
  )
  return { attestation: Buffer.from(attestation), clientData, credentialId: credentialId.toString('base64url') }
}

export const USER_PRESENT = 0x01
export const HAS_CREDENTIAL = 0x40

function coseKey({ x = '', y = '' }: JsonWebKey, algorithm: number): Uint8Array {
  return isoCBOR.encode(
    new Map<number, number | Uint8Array>([
      [cose.COSEKEYS.kty, cose.COSEKTY.EC2],
      [cose.COSEKEYS.alg, algorithm],
      [cose.COSEKEYS.crv, cose.COSECRV.P256],
      [cose.COSEKEYS.x, new Uint8Array(Buffer.from(x, 'base64url'))],
      [cose.COSEKEYS.y, new Uint8Array(Buffer.from(y, 'base64url'))],
    ]),
  )
}

function sha256(data: string | Buffer): Buffer {
  return createHash('sha256').update(data).digest()
}

/** Activates a factor with a credential, in Base64url unless another encoding is given. */
export function activate(
  okta: OktaEmulator,
  token: string,
  factorId: string,
  { attestation, clientData }: { attestation: Buffer; clientData: Buffer },
  encoding: 'base64' | 'base64url' = 'base64url',
): Promise<TestResponse> {
  const body = { attestation: attestation.toString(encoding), clientData: clientData.toString(encoding) }
  return callFactors(okta, token, { method: 'POST', path: `/${factorId}/lifecycle/activate`, body })
}
