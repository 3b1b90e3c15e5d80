import { isOktaConnectError } from '@connect-okta/core'
import type { Remedy } from '@connect-okta/core/types'
import type { Failure } from './protocol/line-protocol.js'
import { connectExample, NotConnected, UnknownSession } from './sessions/session-errors.js'

/** Describes an error for the module. An error without a code of the catalog is a bug, and includes its stack trace. */
export function failureOf(error: unknown): Failure {
  if (error instanceof UnknownSession) return { status: 'unknown-session', content: null }
  if (!isOktaConnectError(error)) {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { status: 'error', content: { message: 'Unexpected error. This is a bug in ConnectOkta.', trace } }
  }
  const { message, hint, remedy } = error
  // The API's errors have a line for each cause.
  const text = error.api === undefined ? message.replaceAll('\n', ' ') : message
  const content = {
    ...error.toJSON(),
    message: text,
    hint: hintOf(remedy, hint),
    needsSignIn: remedy?.id === 'sign_in',
  }
  const api = error.api === undefined ? {} : { api: error.api }
  return { status: 'error', content: { ...content, ...api, isNotConnected: error instanceof NotConnected } }
}

/** What to do about an error: with the names of parameters if there is a remedy, else the hint of the core. */
export function hintOf<T>(remedy: Remedy | undefined, hint: T): string | T {
  switch (remedy?.id) {
    case 'sign_in':
      return `Run ${connectExample}`
    case 'give_credential':
      return 'Connect again with the key or the secret of the app, such as -JsonWebKey or -Certificate. They are never stored.'
    case 'sign_in_elsewhere':
      return 'Connect-Okta shows a sign-in URL: open it in a browser on this machine. For another machine, use -UseDeviceCode with a native app.'
    case 'change_redirect_uri':
      return 'Stop the program that uses the port, or register another redirect URI with the app and use it as -RedirectUri.'
    case 'give_passphrase':
      return "Specify the passphrase of the key: -KeyPassphrase (Read-Host 'Passphrase' -AsSecureString)."
    case 'omit_authorization_server':
      return 'Omit -AuthorizationServer: only the org authorization server has okta.* scopes.'
    case 'set_authorization_server':
      return (
        'Add -AuthorizationServer with the ID of the server that has the scope: Security > API > Authorization ' +
        'Servers. The org authorization server has no custom scopes.'
      )
    case 'accept_org':
      return (
        'Check the connection in the configuration of the broker. To use the other org, run Disconnect-Okta, or ' +
        'Connect-Okta with -Force.'
      )
    case 'give_identity_token':
      return 'Specify the identity token of the platform with -IdentityTokenFile, or use -ClientSecret or -JsonWebKey.'
    case undefined:
      return hint
  }
}
