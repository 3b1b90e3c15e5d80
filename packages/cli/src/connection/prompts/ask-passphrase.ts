import { type ConnectOptions, findSession, isOktaConnectError, type ResumeOptions } from '@connect-okta/core'
import { createMemoryStore } from '@connect-okta/core/stores'
import { styled, type Terminal } from '../../output/terminal.js'
import { prompt } from './prompt.js'

const maxTries = 3

type KeyOptions = Pick<ResumeOptions, 'jsonWebKey' | 'keyId' | 'passphrase'>

// A command may need the key several times, and the user is asked once.
const askedFor = new WeakMap<Terminal, Map<string, Promise<string>>>()

/** Adds a passphrase to options whose key may be encrypted: the user is asked for it when it is needed. */
export function withPassphrasePrompt(options: Partial<ConnectOptions>, terminal: Terminal): Partial<ConnectOptions> {
  if (!('jsonWebKey' in options) || options.jsonWebKey === undefined || options.passphrase !== undefined) return options
  const key = String(options.jsonWebKey)
  const passphrases = askedFor.get(terminal) ?? new Map<string, Promise<string>>()
  askedFor.set(terminal, passphrases)
  return {
    ...options,
    passphrase: () => {
      const asked = passphrases.get(key) ?? askPassphrase(options, terminal)
      passphrases.set(key, asked)
      return asked
    },
  }
}

/** Asks for the passphrase now, if the key needs one. A key that is invalid is reported when it is used. */
export async function unlockKey(options: Partial<ConnectOptions>): Promise<void> {
  const problem = 'jsonWebKey' in options ? await problemWith(options) : undefined
  if (isOktaConnectError(problem) && problem.code === 'cancelled') throw problem
}

/** Asks again at the next use of a key. */
export function forgetPassphrases(terminal: Terminal): void {
  askedFor.delete(terminal)
}

async function askPassphrase(options: KeyOptions, terminal: Terminal): Promise<string> {
  const { default: password } = await import('@inquirer/password')
  for (let left = maxTries - 1; ; left -= 1) {
    const question = { message: 'Passphrase of the private key:', mask: false }
    const passphrase = await prompt(terminal, context => password(question, context))
    const problem = await problemWith({ ...options, passphrase })
    // The use of the key reports the last problem.
    if (problem === undefined || left === 0) return passphrase
    terminal.error(styled('red', '>'), ` ${problem.message}`)
  }
}

// A selection is validated, and an empty store has no sign-in.
async function problemWith(options: KeyOptions): Promise<Error | undefined> {
  const { jsonWebKey, keyId, passphrase } = options
  if (jsonWebKey === undefined) return undefined
  const key = { jsonWebKey, ...(keyId !== undefined && { keyId }), ...(passphrase !== undefined && { passphrase }) }
  return await findSession(key, { store: createMemoryStore() }).then(
    () => undefined,
    (error: Error) => error,
  )
}
