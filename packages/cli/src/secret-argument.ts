import { described, OktaConnectError } from '@connect-okta/core'

/**
 * Refuses a command line that holds a private key: every user of the machine can read the arguments of a process.
 *
 * @throws {@link OktaConnectError} `options_invalid`, which names the option and never shows its value
 */
export function rejectKeys(args: readonly string[]): void {
  const index = args.findIndex(holdsPrivateKey)
  const argument = args[index]
  if (argument === undefined) return
  const [, own, value = argument] = /^(--[a-z-]{1,30})=(.*)$/s.exec(argument) ?? []
  const [before] = /^--?[a-zA-Z-]{1,30}$/.exec(args[index - 1] ?? '') ?? []
  const where = own ?? before
  const what = where === undefined ? 'An argument' : `The value of ${where}`
  throw new OktaConnectError('options_invalid', `${what} holds a private key (${described(value)}).`, {
    hint: 'Other users of this machine can read arguments. Put the key into a file: --jwk-file FILE, or - for stdin.',
  })
}

function holdsPrivateKey(text: string): boolean {
  // Shorter than any private key.
  if (text.length < 60) return false
  if (isPrivateKey(text)) return true
  const encoded = text.replace(/\s|\\n/g, '').match(/[A-Za-z0-9+/_-]{60,}/g) ?? []
  return encoded.some(one => isPrivateKey(Buffer.from(one, 'base64').toString('latin1')))
}

function isPrivateKey(text: string): boolean {
  // RFC 7518 §6: every private JWK has the member d.
  return /-----BEGIN [A-Z ]*PRIVATE KEY/.test(text) || (/\bkty\b/.test(text) && /["']d\\?["']\s*:/.test(text))
}
