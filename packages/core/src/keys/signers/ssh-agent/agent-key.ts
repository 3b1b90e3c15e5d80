import { createHash } from 'node:crypto'
import type { OktaConnectError } from '../../../errors.js'
import { undefinedIfThrows } from '../../../files/undefined-if-throws.js'
import { quoted } from '../../../safe-text.js'
import { privateKeyInvalid } from '../../reader/private-key-invalid.js'
import { otherTypeHint, type PublicClientJwk, parsePublicJwk } from '../public-jwk.js'
import { WireReader } from './wire.js'

/** A key of an ssh-agent. */
export interface AgentKey {
  /** The public key as SSH writes it (RFC 4253 §6.6). */
  readonly blob: Buffer
  /** Such as `ssh-rsa` or `ecdsa-sha2-nistp256`. */
  readonly type: string
  readonly comment: string
  /** `SHA256:` and the digest of the blob in Base64 without padding, as `ssh-add -l` prints it. */
  readonly fingerprint: string
}

const curves: Readonly<Record<string, string>> = {
  'ecdsa-sha2-nistp256': 'P-256',
  'ecdsa-sha2-nistp384': 'P-384',
  'ecdsa-sha2-nistp521': 'P-521',
}

/** Describes a key of an agent. */
export function agentKey(blob: Buffer, comment: string): AgentKey {
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')
  return { blob, type: new WireReader(blob).text(), comment, fingerprint: `SHA256:${digest}` }
}

/** A key in messages: its fingerprint, its type and its comment. */
export function describedKey({ fingerprint, type, comment }: AgentKey): string {
  return `${fingerprint} (${quoted(type)}, comment ${quoted(comment)})`
}

/** Returns whether it is a certificate, which an agent lists beside its key. */
export function isCertificate({ type }: AgentKey): boolean {
  return type.includes('-cert-v')
}

/**
 * Returns the public JWK of a key (RFC 4253 §6.6, RFC 5656 §3.1).
 *
 * @throws {@link OktaConnectError} `private_key_invalid` for a type that Okta does not accept
 */
export function jwkOf(key: AgentKey, keyId: string | undefined): PublicClientJwk {
  const name = `key ${key.fingerprint} in ssh-agent`
  const curve = curves[key.type]
  if (key.type !== 'ssh-rsa' && curve === undefined) throw otherType(key)
  // A field that is missing makes the key invalid.
  const members = undefinedIfThrows(() => membersIn(new WireReader(key.blob), curve))
  return parsePublicJwk(members ?? {}, name, keyId)
}

function membersIn(reader: WireReader, crv: string | undefined): object {
  reader.string()
  if (crv === undefined) {
    const [e, n] = [reader.string(), reader.string()]
    return { kty: 'RSA', n: unsigned(n), e: unsigned(e) }
  }
  reader.string()
  // An uncompressed point: 4, x, y (SEC 1 §2.3.3).
  const point = reader.string().subarray(1)
  const half = point.byteLength / 2
  const [x, y] = [point.subarray(0, half), point.subarray(half)].map(part => part.toString('base64url'))
  return { kty: 'EC', crv, x, y }
}

// A zero in front keeps the number positive.
function unsigned(number: Buffer): string {
  return (number[0] === 0 ? number.subarray(1) : number).toString('base64url')
}

function otherType({ fingerprint, type }: AgentKey): OktaConnectError {
  const name = `The key ${fingerprint} in ssh-agent`
  const create = 'Create another key for Okta: ssh-keygen -t ecdsa -b 256 -f okta-key; ssh-add okta-key.'
  if (type.startsWith('sk-')) {
    return privateKeyInvalid(`${name} is on a FIDO security key (${quoted(type)}), which signs only for SSH.`, create)
  }
  if (type === 'ssh-ed25519') {
    return privateKeyInvalid(`${name} is an Ed25519 key, which Okta does not accept.`, create)
  }
  return privateKeyInvalid(`${name} has the type ${quoted(type)}, which Okta does not accept.`, otherTypeHint)
}
