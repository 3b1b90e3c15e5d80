import { OktaConnectError } from '../errors.js'
import { sleep } from '../http/abort.js'
import { quoted } from '../safe-text.js'

/** Why the keyring of the system does not answer. `absent`: there is none, or nothing to speak to it with. */
export type KeyringProblem = 'absent' | 'locked' | 'denied' | 'silent'

/** Long enough for a person to type the password of a keyring that is locked. */
const patienceMs = 20_000
const pauseMs = 200
const service = 'connect-okta'

const problems: Readonly<Record<KeyringProblem, readonly [message: string, hint: string]>> = {
  absent: [
    'There is no keyring on this machine',
    'Keep secrets in a file that you alone can read, or tokens in the store "file".',
  ],
  locked: [
    'The keyring of this machine is locked',
    'Unlock it, on Linux by signing in to the desktop or with gnome-keyring-daemon --unlock, and try again.',
  ],
  denied: ['The keyring of this machine refuses access', 'Allow connect-okta to use it, or use the store "file".'],
  silent: [
    'The keyring of this machine does not answer',
    'See whether it waits for its password, or use the store "file".',
  ],
}

/** The keyring does not answer. */
export class KeyringError extends OktaConnectError {
  readonly problem: KeyringProblem

  constructor(problem: KeyringProblem, cause: unknown) {
    const [message, hint] = problems[problem]
    super('store_failed', `${message}.`, { hint, cause })
    this.problem = problem
  }
}

/**
 * Reads a secret from the keyring of the system: Keychain, Credential Manager or the Secret Service.
 *
 * @returns `undefined` where there is no such secret.
 * @throws {@link KeyringError}
 */
export async function findSecret(name: string): Promise<string | undefined> {
  return (await withEntry(name, (entry, signal) => entry.getPassword(signal))) ?? undefined
}

/**
 * As {@link findSecret}, for one that has to be there.
 *
 * @throws {@link OktaConnectError} `store_failed`
 */
export async function readSecret(name: string): Promise<string> {
  const secret = await findSecret(name)
  if (secret !== undefined) return secret
  throw new OktaConnectError('store_failed', `The keyring has no secret named ${quoted(name)}.`, {
    hint: `Put it there with the tool of your system, for the service ${service}, or name another one.`,
  })
}

/**
 * Puts a secret into the keyring of the system.
 *
 * @throws {@link KeyringError}
 */
export async function writeSecret(name: string, secret: string): Promise<void> {
  await withEntry(name, (entry, signal) => entry.setPassword(secret, signal))
}

type Entry = import('@napi-rs/keyring').AsyncEntry

async function withEntry<T>(name: string, use: (entry: Entry, signal: AbortSignal) => Promise<T>): Promise<T> {
  const { AsyncEntry } = await load()
  const timeout = AbortSignal.timeout(patienceMs)
  const silence = new Promise<never>((_resolve, reject) => {
    timeout.addEventListener('abort', () => reject(new KeyringError('silent', timeout.reason)), { once: true })
  })
  silence.catch(() => {})
  for (;;) {
    try {
      // The kernel's keyring, which is taken where there is no other, would forget all at the next start of the machine.
      const entry = new AsyncEntry(service, name, { linux: { store: 'secret-service' } })
      return await Promise.race([use(entry, timeout), silence])
    } catch (error) {
      const failure = error instanceof KeyringError ? error : new KeyringError(problemOf(error), error)
      // The library waits for two seconds, in which a keyring that many programs ask at once may not get round to it.
      if (failure.problem !== 'silent' || timeout.aborted) throw failure
      await sleep(pauseMs * (0.5 + Math.random()), undefined)
    }
  }
}

// A package that is optional: without it, everything else works.
async function load(): Promise<typeof import('@napi-rs/keyring')> {
  try {
    return await import('@napi-rs/keyring')
  } catch (error) {
    throw new KeyringError('absent', error)
  }
}

// The library tells one reason from another by words alone.
function problemOf(error: unknown): KeyringProblem {
  const words = error instanceof Error ? error.message : ''
  // First: D-Bus says of a keyring that has died that a policy may have "blocked" it.
  if (/did not receive a reply|timed? ?out/i.test(words)) return 'silent'
  if (/prompt was dismissed|\blocked/i.test(words)) return 'locked'
  if (/denied|not allowed|canceled/i.test(words)) return 'denied'
  return 'absent'
}
