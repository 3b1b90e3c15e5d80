import type { OktaConnectError } from '@connect-okta/core'
import type { Finding } from '@connect-okta/core/diagnose'
import type { Remedy } from '@connect-okta/core/types'

/** What the user can do about an error, with the commands and flags of this program. */
export function adviceFor({ code, hint, remedy, api }: OktaConnectError): string {
  if (code === 'network_failed') return `${hint} To find the cause: connect-okta doctor`
  // The stored token is not expired, so that a sign-in without --force would use it.
  if (api?.status === 401) return 'Sign in again: connect-okta login --force'
  return remedyWithFlags(remedy) ?? hint
}

/** A finding of `doctor`, whose `fix` names the flags of this program. */
export function withAdvice(finding: Finding): Finding {
  const fix = remedyWithFlags(finding.remedy)
  return fix === undefined ? finding : { ...finding, fix }
}

function remedyWithFlags(remedy: Remedy | undefined): string | undefined {
  switch (remedy?.id) {
    case undefined:
      return undefined
    case 'sign_in':
      return 'Sign in: connect-okta login. To list your sign-ins: connect-okta status'
    case 'give_credential':
      return (
        'Give the key again with --jwk-file FILE or --jwk-keyring NAME, or the secret with --client-secret-file FILE. ' +
        'A profile can name the place of either: --profile NAME'
      )
    case 'sign_in_elsewhere':
      return (
        'Name a browser with the environment variable BROWSER. Or open the address yourself: --no-browser; if that ' +
        'browser runs on another machine, --manual; if the app is a native app, --device'
      )
    case 'change_redirect_uri':
      return (
        `Stop the program that uses this port. Or register another redirect URI than ${remedy.redirectUri} with the ` +
        'app, and name it with --redirect-uri URI'
      )
  }
}
