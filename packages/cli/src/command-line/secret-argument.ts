import { OktaConnectError } from '@connect-okta/core'
import { described } from '@connect-okta/core/keys'

const addressWithPassword =
  /^\s*["']?(?:[a-z+]{0,20}redis[a-z+]{0,20}|valkeys?):\/\/(?:[^/]*:.*@|.*[?&]pass(?:word)?=)/is

/**
 * Rejects a command line that contains a private key, or the address of a store with a password: every user of the machine can
 * read the arguments of a process.
 *
 * @throws {@link OktaConnectError} `options_invalid`, which names the option and does not repeat its value
 */
export function rejectSecrets(args: readonly string[]): void {
  for (const [index, argument] of args.entries()) {
    const [, own, value = argument] = /^(--[a-z-]{1,30})=(.*)$/s.exec(argument) ?? []
    const [before] = /^--?[a-zA-Z-]{1,30}$/.exec(args[index - 1] ?? '') ?? []
    const where = own ?? before
    const what = where === undefined ? 'An argument' : `The value of ${where}`
    if (holdsPrivateKey(argument)) {
      throw invalid(
        `${what} contains a private key (${described(value)}).`,
        'Put the key into a file: --jwk-file FILE, or - for stdin.',
      )
    }
    if (addressWithPassword.test(value) || (where === '--store' && holdsPassword(value))) {
      throw invalid(
        `${what} contains a password (${described(value)}).`,
        'Set the environment variable CONNECT_OKTA_STORE, such as redis://:PASSWORD@HOST:PORT.',
      )
    }
  }
}

function invalid(message: string, hint: string): OktaConnectError {
  return new OktaConnectError('options_invalid', message, {
    hint: `Other users of this machine can read arguments. ${hint}`,
  })
}

// A connection string of StackExchange.Redis, the options of redis-cli, or an address without its scheme.
function holdsPassword(store: string): boolean {
  return /\bpass(?:word|wd)?\s*[=:]|\bpwd\s*=|(?:^|\s)(?:-a|--pass)[\s=]|^[^/]*@/i.test(store)
}

function holdsPrivateKey(text: string): boolean {
  // Shorter than any private key.
  if (text.length < 60) return false
  if (isPrivateKey(text)) return true
  const packed = text.replace(/\s|\\n|:/g, '')
  const base64 = packed.match(/[A-Za-z0-9+/_-]{60,}/g) ?? []
  const hex = packed.match(/[0-9A-Fa-f]{90,}/g) ?? []
  const decoded = [...base64.map(one => Buffer.from(one, 'base64')), ...hex.map(one => Buffer.from(one, 'hex'))]
  return decoded.some(bytes => isPrivateKey(bytes.toString('latin1')) || isPrivateKeyInDer(bytes))
}

function isPrivateKey(text: string): boolean {
  // RFC 7518 §6: every private JWK has the member d.
  return /-----BEGIN [A-Z ]*PRIVATE KEY/.test(text) || (/\bkty\b/.test(text) && /["']d\\?["']\s*:/.test(text))
}

// A SEQUENCE that begins with the version 0 or 1: RFC 5958 §2, RFC 8017 §A.1.2, RFC 5915 §3. Or encrypted: RFC 5958 §3 with
// PBES2 (RFC 8018 §A.4).
function isPrivateKeyInDer(bytes: Buffer): boolean {
  const start = bytes.subarray(0, 40).toString('hex')
  return /^30([0-7].|81..|82.{4})(02010[01](02|04|30)|30([0-7].|81..|82.{4})06092a864886f70d01050d)/.test(start)
}
