import { type Deps, isOktaConnectError } from '@connect-okta/core'
import { printable } from '@connect-okta/core/api'
import { openBrowser } from '@connect-okta/core/sign-in'
import { listLogins } from '@connect-okta/core/stores'
import { hintOf } from '../failure.js'
import { signInNotPossible } from './session-errors.js'

interface Options {
  readonly noBrowser: unknown
  /** Why no user can sign in, if the module knows it. */
  readonly noUserReason: unknown
  readonly deps: Partial<Deps>
  writeNotice(name: string, content: unknown): void
}

/** How Connect-Okta asks a user to sign in: it shows the URL, and opens the browser. */
export function userSignIn({ noBrowser, noUserReason, deps, writeNotice }: Options): Deps['openBrowser'] {
  return async (url, signal) => {
    if (noUserReason !== undefined) throw signInNotPossible(noUserReason)
    const clientId = url.searchParams.get('client_id')
    if (await isConnectedByKey(url.origin, clientId, deps)) {
      const fix = 'To use it again, press Ctrl+C and add its parameter, such as -JsonWebKeyPath.'
      writeNotice('warning', `The app ${printable(clientId ?? '')} was connected with a key before. ${fix}`)
    }
    writeNotice('signIn', { url: url.href, isOpened: noBrowser !== true })
    if (noBrowser === true) return
    await openBrowser(url, { signal }).catch(error => {
      // The sign-in waits, because the user can open the URL, which is shown.
      if (!isOktaConnectError(error) || error.code !== 'browser_failed') throw error
      writeNotice('warning', `${error.message} ${hintOf(error.remedy, error.hint)}`)
    })
  }
}

// A user who omits the key waits for a sign-in that an API Services app does not support.
async function isConnectedByKey(orgUrl: string, clientId: string | null, deps: Partial<Deps>): Promise<boolean> {
  const logins = await listLogins(deps).catch(() => [])
  return logins.some(
    login => login.identity.type === 'app' && login.clientId === clientId && login.orgUrl === orgUrl && !login.broker,
  )
}
