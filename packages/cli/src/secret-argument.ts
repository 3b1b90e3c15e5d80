import { OktaConnectError } from '@connect-okta/core'

/** What a text looks like and how long it is, for an error about a value that may be a secret. */
export function described(text: string): string {
  return `${formOf(text.trim())}, ${text.length} characters`
}

function formOf(text: string): string {
  if (text.includes('-----BEGIN')) return 'PEM'
  if (/^["']?[{[]/.test(text)) return 'JSON'
  if (/^eyJ[\w-]+\.[\w-]+\.[\w-]*$/.test(text)) return 'a JWT'
  return /^[A-Za-z0-9+/=_\s-]{32,}$/.test(text) ? 'Base64 or a token' : 'text'
}

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
