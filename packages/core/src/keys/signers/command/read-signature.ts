import type { ProgramOutput } from '../../identity/run-command.js'
import type { PublicClientJwk } from '../public-jwk.js'
import { fromDerSignature, isDerSignature, type SignatureFormat, signatureBytes } from '../signature-format.js'

/** What a command printed is not the signature that was expected. */
export class OutputError extends Error {
  readonly hint: string
  readonly stderr: string

  constructor(message: string, hint: string, stderr: string) {
    super(message)
    this.hint = hint
    this.stderr = stderr
  }
}

/**
 * Reads the signature that a command printed: bytes or Base64, also after the prefix of Vault, such as `vault:v1:`; of an EC key, r and s
 * one after the other, or DER.
 *
 * @param format how the signature of an EC key was declared. `undefined`: detected.
 * @throws {@link OutputError}
 */
export function readSignature(
  { stdout, stderr }: ProgramOutput,
  { jwk, format }: { readonly jwk: PublicClientJwk; readonly format: SignatureFormat | undefined },
): Uint8Array {
  const length = signatureBytes(jwk)
  const isEc = jwk.kty === 'EC'
  const failed = (message: string, hint: string) => new OutputError(message, hint, stderr)
  if (stdout.byteLength === 0) {
    throw failed('printed no signature', 'Make the command print the signature to its standard output.')
  }
  const candidates = [stdout, fromBase64(stdout)].filter(bytes => bytes !== undefined)
  const raw = candidates.find(bytes => bytes.byteLength === length)
  const der = isEc ? candidates.find(isDerSignature) : undefined
  if (raw !== undefined && format !== 'der') return raw
  if (der !== undefined && format !== 'raw') return fromDerSignature(der, length) ?? der
  if (raw !== undefined && isEc) {
    throw failed('printed a raw signature, but DER was declared', 'Declare raw, or omit the format of the signature.')
  }
  if (der !== undefined) {
    throw failed(
      'printed a signature in DER, but raw was declared',
      'Declare der, or omit the format of the signature.',
    )
  }
  const bytes = candidates.at(-1)?.byteLength
  throw failed(
    `printed ${bytes} bytes, but a signature of this key has ${length}`,
    'The command must print only the signature, as bytes or in Base64. Check that the public key is the one of this command.',
  )
}

function fromBase64(bytes: Buffer): Buffer | undefined {
  // JSON has quotes around a text.
  const text = bytes
    .toString('latin1')
    .trim()
    .replace(/^"(.*)"$/, '$1')
    .replace(/^vault:v\d+:/, '')
  return /^[A-Za-z0-9+/_\s-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined
}
