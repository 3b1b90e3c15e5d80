import { OktaConnectError } from '@connect-okta/core'
import { isRecord } from '../is-record.js'

/** What Okta needs of a new passkey, in base64url. */
export interface Attestation {
  readonly attestation: string
  readonly clientData: string
}

/**
 * Reads a credential that an authenticator has created: `RegistrationResponseJSON` of WebAuthn, or an object with `attestation`
 * and `clientData`. Values are base64url, Base64, or lists of bytes; the client data may also be JSON text.
 *
 * @param text JSON
 * @throws {@link OktaConnectError} `options_invalid`
 * @see https://www.w3.org/TR/webauthn-3/#dictdef-registrationresponsejson
 */
export function attestationOf(text: unknown): Attestation {
  const credential = recordOf(text)
  const response = recordIn(credential, 'response') ?? credential
  const attestation = bytesOf(memberOf(response, 'attestationObject', 'attestation'))
  const clientData = bytesOf(memberOf(response, 'clientData', 'clientDataJSON'))
  if (attestation === undefined || clientData === undefined) throw invalid('has no attestation or no client data')
  // WebAuthn §7.1, step 7: an assertion has another type.
  if (recordOf(clientData.toString()).type !== 'webauthn.create') throw invalid('is not the result of a registration')
  return { attestation: attestation.toString('base64url'), clientData: clientData.toString('base64url') }
}

function recordOf(text: unknown): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(`${text}`)
    if (isRecord(value)) return value
  } catch {
    // The error is the same.
  }
  throw invalid('is not a JSON object')
}

// The names of properties in PowerShell have no case.
function memberOf(object: Record<string, unknown>, ...names: readonly string[]): unknown {
  for (const name of names) {
    const found = Object.keys(object).find(key => key.toLowerCase() === name.toLowerCase() && object[key] !== null)
    if (found !== undefined) return object[found]
  }
  return undefined
}

function recordIn(object: Record<string, unknown>, name: string): Record<string, unknown> | undefined {
  const value = memberOf(object, name)
  return isRecord(value) ? value : undefined
}

function bytesOf(value: unknown): Buffer | undefined {
  if (Array.isArray(value) && value.every(byte => Number.isInteger(byte) && byte >= 0 && byte < 256))
    return Buffer.from(value)
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  if (text.startsWith('{')) return Buffer.from(text)
  return /^[\w+/-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined
}

function invalid(what: string): OktaConnectError {
  return new OktaConnectError('options_invalid', `The passkey ${what}.`, {
    hint: 'Use the JSON that navigator.credentials.create() returns: credential.toJSON().',
  })
}
