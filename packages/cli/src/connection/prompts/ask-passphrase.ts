import { createHash } from 'node:crypto'
import { type ConnectOptions, isOktaConnectError } from '@connect-okta/core'
import { type ClientKeySource, checkClientKey } from '@connect-okta/core/keys'
import { styled, type Terminal } from '../../output/terminal.js'
import { prompt } from './prompt.js'

const maxTries = 3

/** Adds a passphrase to options whose key may be encrypted: the user is asked for it when it is needed, once for each key. */
export function withPassphrasePrompt(options: Partial<ConnectOptions>, terminal: Terminal): Partial<ConnectOptions> {
  if (!('jsonWebKey' in options) || typeof options.jsonWebKey !== 'string') return options
  if (options.passphrase !== undefined) return options
  const { passphrases } = terminal
  const hash = createHash('sha256').update(options.jsonWebKey).digest('base64')
  return {
    ...options,
    passphrase: () => {
      const passphrase = passphrases.get(hash) ?? askPassphrase(options, terminal)
      passphrases.set(hash, passphrase)
      return passphrase
    },
  }
}

/** Asks for the passphrase now, if the key needs one. A key that is invalid is reported when it is used. */
export async function unlockKey(options: Partial<ConnectOptions>): Promise<void> {
  const problem = 'jsonWebKey' in options ? await problemWith(options) : undefined
  if (isOktaConnectError(problem) && problem.code === 'cancelled') throw problem
}

async function askPassphrase(options: ClientKeySource, terminal: Terminal): Promise<string> {
  const { default: password } = await import('@inquirer/password')
  for (let left = maxTries - 1; ; left -= 1) {
    const question = { message: 'Passphrase of the private key:', mask: false }
    const passphrase = await prompt(terminal, context => password(question, context))
    const problem = await problemWith({ ...options, passphrase })
    // The use of the key reports every other problem, and the last one.
    if (left === 0 || !isOktaConnectError(problem) || problem.remedy?.id !== 'give_passphrase') return passphrase
    terminal.error(styled('red', '>'), ` ${problem.message}`)
  }
}

async function problemWith(options: ClientKeySource): Promise<unknown> {
  return await checkClientKey(options).catch((error: unknown) => error)
}
