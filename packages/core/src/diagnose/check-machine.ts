import { randomUUID } from 'node:crypto'
import type { Deps } from '../deps.js'
import { findSecret, KeyringError } from '../keys/keyring.js'
import { withCallbackListener } from '../sign-in/callback-listener.js'
import { findBrowser } from '../sign-in/open-browser.js'
import { type Finding, failure, failureOf, ok, warning } from './finding.js'

/** Looks whether the browser could come back to this program. */
export async function checkCallbackPort(redirectUris: readonly string[]): Promise<Finding> {
  try {
    return await withCallbackListener(redirectUris, undefined, async ({ redirectUri }) =>
      ok('callback_port', `${redirectUri} can be listened at.`),
    )
  } catch (error) {
    return failureOf('callback_port', error)
  }
}

/** Looks for the browser that a sign-in would open. */
export function checkBrowser(variables: NodeJS.ProcessEnv): Finding {
  const browser = findBrowser(variables)
  if (browser !== undefined) return ok('browser', `${browser} would be opened.`)
  return warning(
    'browser',
    'There is no browser to open.',
    'Name a browser with the environment variable BROWSER, or sign in with a browser that you open yourself.',
    { id: 'sign_in_elsewhere' },
  )
}

/** Looks whether the keyring of the system can keep a key. */
export async function checkKeyring(): Promise<Finding> {
  try {
    await findSecret('probe')
    return ok('keyring', 'The keyring answers.')
  } catch (error) {
    if (!(error instanceof KeyringError)) throw error
    const { problem, message, hint } = error
    return problem === 'absent' ? warning('keyring', message, hint) : failure('keyring', message, hint)
  }
}

/** Looks whether tokens can be kept. */
export async function checkStore({ store }: Deps): Promise<Finding> {
  try {
    let logins = 0
    for await (const _login of store.list()) logins += 1
    await store.exclusive(`probe-${randomUUID()}`, slot => slot.read())
    return ok(
      'store',
      `Tokens can be kept in ${store.location}; ${logins} ${logins === 1 ? 'login is' : 'logins are'} there.`,
    )
  } catch (error) {
    return failureOf('store', error)
  }
}
