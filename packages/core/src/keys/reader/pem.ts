import type { OktaConnectError } from '../../errors.js'
import { privateKeyInvalid } from './private-key-invalid.js'
import { unusableLabels } from './unusable-formats.js'

/** A private key as PEM in the form that OpenSSL writes, or the reason why a text with PEM blocks has none. */
export type Pem =
  | { readonly form: 'pem'; readonly pem: string; readonly isEncrypted: boolean }
  | { readonly form: 'unusable'; readonly error: OktaConnectError }

interface Block {
  /** In upper case, without spaces. */
  readonly label: string
  /** The headers and the Base64, with changed line ends. `undefined` if the END line is missing. */
  readonly content: string | undefined
}

const begin = /-{2,10} ?BEGIN[ +]*(?=[A-Z])/i
const end = /-{2,10} ?END/i
/** Labels of private keys. A copy may lack their spaces. */
const privateLabels: Readonly<Record<string, string>> = {
  PRIVATEKEY: 'PRIVATE KEY',
  ANYPRIVATEKEY: 'PRIVATE KEY',
  RSAPRIVATEKEY: 'RSA PRIVATE KEY',
  ECPRIVATEKEY: 'EC PRIVATE KEY',
  ENCRYPTEDPRIVATEKEY: 'ENCRYPTED PRIVATE KEY',
}

/**
 * Finds the private keys in a text with PEM blocks (RFC 7468). Other blocks, such as certificates, are ignored. Line ends may be
 * escaped, changed, or lost; lines may be indented.
 *
 * @returns for a text without a private key the reason why; nothing for a text without a PEM block.
 */
export function findPems(text: string): readonly Pem[] {
  const plain = withLineEnds(text)
  if (!begin.test(plain)) return []
  const blocks = readBlocks(plain)
  const found = blocks.filter(({ label }) => label in privateLabels)
  if (found.length === 0) return [unusable(unusableLabels(blocks.map(({ label }) => label)))]
  return found.map(({ label, content }) => {
    if (content === undefined) return unusable(truncated())
    const pem = formatted(privateLabels[label] ?? label, content)
    return { form: 'pem', pem, isEncrypted: /^-----BEGIN ENCRYPTED|^Proc-Type/m.test(pem) }
  })
}

/** Formats Base64 as a PEM block. */
export function pemBlock(label: string, base64: string, headers = ''): string {
  return `-----BEGIN ${label}-----\n${headers}${base64.replace(/.{1,64}/g, '$&\n')}-----END ${label}-----\n`
}

// Word processors replace hyphens by dashes, and JSON encoders escape plus and equals signs. `n is a line end in PowerShell. Source
// code concatenates lines.
function withLineEnds(text: string): string {
  return text
    .replace(/[\u2010-\u2015\u2212]/g, '--')
    .replace(/\\{1,8}u([0-9a-f]{4})/gi, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
    .replace(/(\\{1,8}|`)[rnt]|["']\s{0,100}\+\s{0,100}["']/g, '\n')
    .replace(/%(0A|0D|20|2B|2F|3D)/gi, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}

function readBlocks(text: string): readonly Block[] {
  return text
    .split(begin)
    .slice(1)
    .flatMap(part => {
      const [line, label = ''] = /^([A-Z0-9#][A-Z0-9# +]{0,40}?) ?-{2,10}/i.exec(part) ?? []
      if (line === undefined) return []
      const rest = part.slice(line.length)
      const length = rest.search(end)
      return [
        { label: label.toUpperCase().replace(/[ +]/g, ''), content: length === -1 ? undefined : rest.slice(0, length) },
      ]
    })
}

// RFC 1421 §4.6: the headers of an encrypted key, which OpenSSL expects on lines of their own.
const encryption = /Proc-Type: *4, *ENCRYPTED\s+DEK-Info: *(?<cipher>[\w-]+), *(?<iv>[0-9A-F]+)/i

function formatted(label: string, content: string): string {
  const { cipher, iv } = encryption.exec(content)?.groups ?? {}
  const headers = iv === undefined ? '' : `Proc-Type: 4,ENCRYPTED\nDEK-Info: ${cipher},${iv}\n\n`
  const standard = content.replace(encryption, '').replaceAll('-', '+').replaceAll('_', '/')
  const base64 = standard.replace(/[^A-Za-z0-9+/=]/g, '')
  return pemBlock(label, withoutLostBackslashes(base64), headers)
}

// A shell that removes the backslashes of "\n" leaves an n after every line. No key begins with one.
function withoutLostBackslashes(base64: string): string {
  if (!/^n([A-Za-z0-9+/]{64}n)*[A-Za-z0-9+/=]{1,65}$/.test(base64)) return base64
  const joined = base64.replace(/n([A-Za-z0-9+/=]{1,64})/g, '$1')
  return joined.length % 4 === 1 ? joined.replace(/n$/, '') : joined
}

function truncated(): OktaConnectError {
  return privateKeyInvalid(
    'The PEM of the client key is incomplete: its END line is missing.',
    'Copy it again, from -----BEGIN to the last END line.',
  )
}

function unusable(error: OktaConnectError): Pem {
  return { form: 'unusable', error }
}
