import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type OktaConnectError, optionsInvalid } from '../errors.js'
import { described } from '../safe-text.js'
import { readFailureHint } from './read-failure.js'

/**
 * The error for a file with a secret that cannot be read. The given path may be the secret itself, pasted into the wrong
 * option: then neither the message nor the cause may show it. A text whose folder exists, or that has the extension of a key
 * file, is a path.
 *
 * @param name the secret, and where its path was given.
 * @param given the path as it was given; `path` is the absolute one.
 */
export function unreadableSecret(name: string, given: string, path: string, error: unknown): OktaConnectError {
  const { code = 'unknown' } = error as NodeJS.ErrnoException
  const folder = dirname(path)
  const isKeyFile = /^[^\s{}"]{1,250}\.(json|jwks?|pem|key|p8|txt)$/.test(given)
  const isFolder =
    code !== 'ENAMETOOLONG' && folder !== dirname(folder) && folder !== resolve('.') && existsSync(folder)
  return isKeyFile || isFolder || code === 'EISDIR'
    ? optionsInvalid(`The ${name} cannot be read from ${path} (${code}).`, readFailureHint(code))
    : optionsInvalid(
        `The ${name} is neither a secret in a known format nor the path of a file: ${described(given)}.`,
        /^(the )?key\b/.test(name)
          ? 'Use the path of a file. Only an environment variable can contain the private key itself, as a JWK or PEM.'
          : 'Use the path of a file.',
      )
}
