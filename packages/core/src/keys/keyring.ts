import { OktaConnectError } from '../errors.js'
import { decodeText } from '../files/decode-text.js'
import { sleep } from '../http/abort.js'
import { quoted } from '../safe-text.js'

/**
 * Why the keyring of the system cannot be used. `absent`: there is none, or its package is not installed. `too_long`: it does not
 * store a secret of this length.
 */
export type KeyringProblem = 'absent' | 'locked' | 'denied' | 'timeout' | 'too_long'

/** Long enough for a user to type the password of a locked keyring. */
const timeoutMs = 20_000
const pauseMs = 200
const service = 'connect-okta'

const problems: Readonly<Record<KeyringProblem, readonly [message: string, hint: string]>> = {
  absent: [
    'There is no keyring on this machine',
    'Store secrets in a file that only you can read, and tokens in the store "file".',
  ],
  locked: [
    'The keyring of this machine is locked',
    'Unlock it and try again. On Linux, sign in to the desktop or run gnome-keyring-daemon --unlock.',
  ],
  denied: ['The keyring of this machine denies access', 'Allow connect-okta to use it, or use the store "file".'],
  timeout: [
    'The keyring of this machine does not respond',
    'Check whether it prompts for its password, or use the store "file".',
  ],
  too_long: [
    'The secret is too long for the keyring of this machine',
    'Windows stores up to 2,560 bytes. Use a shorter key, such as P-256 or RSA-2048, or store it in a file.',
  ],
}

/** The keyring cannot be used. */
export class KeyringError extends OktaConnectError {
  readonly problem: KeyringProblem

  constructor(problem: KeyringProblem, cause: unknown) {
    const [message, hint] = problems[problem]
    super('store_failed', `${message}.`, { hint, cause })
    this.problem = problem
  }
}

/**
 * Reads a secret from the keyring of the system: Keychain, Credential Manager or the Secret Service. It is text in UTF-8, or in
 * UTF-16, as other programs store it on Windows.
 *
 * @returns `undefined` if there is no such secret.
 * @throws {@link KeyringError}
 */
export async function findSecret(name: string): Promise<string | undefined> {
  const bytes = await withEntry(name, (entry, signal) => entry.getSecret(signal))
  return bytes ? decodeText(Uint8Array.from(bytes)) : undefined
}

/**
 * As {@link findSecret}, for a secret that has to exist.
 *
 * @throws {@link OktaConnectError} `store_failed`
 */
export async function readSecret(name: string): Promise<string> {
  const secret = await findSecret(name)
  if (secret !== undefined) return secret
  throw new OktaConnectError('store_failed', `The keyring has no secret named ${quoted(name)}.`, {
    hint: `Add it with the keyring tool of your system, for the service ${service}, or use another name.`,
  })
}

/**
 * Writes a secret to the keyring of the system.
 *
 * @throws {@link KeyringError}
 */
export async function writeSecret(name: string, secret: string): Promise<void> {
  // As bytes: on Windows, the library encodes a password as UTF-16, which makes an RSA key too long.
  await withEntry(name, (entry, signal) => entry.setSecret(Buffer.from(secret), signal))
}

type Entry = import('@napi-rs/keyring').AsyncEntry

async function withEntry<T>(name: string, use: (entry: Entry, signal: AbortSignal) => Promise<T>): Promise<T> {
  const { AsyncEntry } = await load()
  const timeout = AbortSignal.timeout(timeoutMs)
  const late = new Promise<never>((_resolve, reject) => {
    timeout.addEventListener('abort', () => reject(new KeyringError('timeout', timeout.reason)), { once: true })
  })
  late.catch(() => {})
  for (;;) {
    try {
      // Not the keyring of the kernel, which the library would use if there is no other: it is empty after a restart.
      const entry = new AsyncEntry(service, name, { linux: { store: 'secret-service' } })
      return await Promise.race([use(entry, timeout), late])
    } catch (error) {
      // The library of the single-file program cannot be stored where only this user can write.
      if (error instanceof OktaConnectError && !(error instanceof KeyringError)) throw error
      const failure = error instanceof KeyringError ? error : new KeyringError(problemOf(error), error)
      // The library waits for two seconds, which can be too short for a keyring with many requests.
      if (failure.problem !== 'timeout' || timeout.aborted) throw failure
      await sleep(pauseMs * (0.5 + Math.random()), undefined)
    }
  }
}

// An optional package: everything else works without it.
async function load(): Promise<typeof import('@napi-rs/keyring')> {
  try {
    return await import('@napi-rs/keyring')
  } catch (error) {
    throw new KeyringError('absent', error)
  }
}

// The library reports the reason only in the message.
function problemOf(error: unknown): KeyringProblem {
  const message = error instanceof Error ? error.message : ''
  // First, because D-Bus reports for a keyring that has ended that a policy may have "blocked" it.
  if (/did not receive a reply|timed? ?out/i.test(message)) return 'timeout'
  if (/prompt was dismissed|\blocked/i.test(message)) return 'locked'
  if (/longer than the platform limit/i.test(message)) return 'too_long'
  if (/denied|not allowed|canceled/i.test(message)) return 'denied'
  return 'absent'
}
