import { randomUUID } from 'node:crypto'
import type { Deps } from '../deps.js'
import { findSecret, KeyringError } from '../keys/keyring.js'
import { withCallbackListener } from '../sign-in/callback-listener.js'
import { findBrowser } from '../sign-in/open-browser.js'
import { type Finding, failure, failureOf, ok, warning } from './finding.js'

/** Checks whether a listener for the callback can be started. */
export async function checkCallbackPort(redirectUris: readonly string[]): Promise<Finding> {
  try {
    return await withCallbackListener(redirectUris, undefined, async ({ redirectUri }) =>
      ok('callback_port', `The port of ${redirectUri} is free.`),
    )
  } catch (error) {
    return failureOf('callback_port', error)
  }
}

/** Checks for the browser that a sign-in would open. */
export function checkBrowser(variables: NodeJS.ProcessEnv): Finding {
  const browser = findBrowser(variables)
  const isVisible = browser !== 'xdg-open' && browser !== 'x-www-browser'
  const hasDisplay = Boolean(variables.DISPLAY || variables.WAYLAND_DISPLAY)
  if (browser !== undefined && (isVisible || hasDisplay)) return ok('browser', `A sign-in would open ${browser}.`)
  return warning(
    'browser',
    browser === undefined
      ? 'No browser was found.'
      : `${browser} cannot open a browser: this session has no display (DISPLAY and WAYLAND_DISPLAY are not set).`,
    'Set the environment variable BROWSER to a browser, or open the sign-in URL yourself.',
    { id: 'sign_in_elsewhere' },
  )
}

/** Checks whether the keyring of the system can be used. */
export async function checkKeyring(): Promise<Finding> {
  try {
    await findSecret('probe')
    return ok('keyring', 'The keyring can be used.')
  } catch (error) {
    if (!(error instanceof KeyringError)) throw error
    const { problem, message, hint } = error
    return problem === 'absent' ? warning('keyring', message, hint) : failure('keyring', message, hint)
  }
}

/** Checks whether tokens can be stored. */
export async function checkStore({ store }: Deps): Promise<Finding> {
  try {
    let logins = 0
    for await (const _login of store.list()) logins += 1
    await store.exclusive(`probe-${randomUUID()}`, slot => slot.read())
    return ok(
      'store',
      `Tokens can be stored in ${store.location}. It has ${logins} ${logins === 1 ? 'sign-in' : 'sign-ins'}.`,
    )
  } catch (error) {
    return failureOf('store', error)
  }
}
