import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type OktaConnectError, optionsInvalid } from '../errors.js'
import { described } from '../safe-text.js'

/**
 * The error for a file with a secret that cannot be read. What was given as its path may be the secret itself, pasted in
 * the wrong place: then neither the message nor a cause may show it. One whose folder exists, or that ends as the files of
 * keys do, is a path.
 *
 * @param name what was to be read, and where it was named.
 * @param given the path as it was given, and `path` as it was looked for.
 */
export function unreadableSecret(name: string, given: string, path: string, error: unknown): OktaConnectError {
  const { code = 'unknown' } = error as NodeJS.ErrnoException
  const folder = dirname(path)
  const isKeyFile = /^[^\s{}"]{1,250}\.(json|jwks?|pem|key|p8|txt)$/.test(given)
  const isFolder =
    code !== 'ENAMETOOLONG' && folder !== dirname(folder) && folder !== resolve('.') && existsSync(folder)
  return isKeyFile || isFolder
    ? optionsInvalid(`The ${name} cannot be read from ${path} (${code}).`, 'Name a file that is there.')
    : optionsInvalid(
        `The ${name} is neither a secret in a known form nor the path of a file: ${described(given)}.`,
        'Give the path of a file. A private key may also be given itself, as a JWK or PEM.',
      )
}
