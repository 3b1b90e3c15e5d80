import type { OktaConnectError } from '@connect-okta/core'
import type { Finding } from '@connect-okta/core/diagnose'
import type { Remedy } from '@connect-okta/core/types'

/**
 * What the user can do about an error, with the commands and flags of this program.
 *
 * @param selection the flags that select the connection, each with a space before it.
 */
export function adviceFor({ code, hint, remedy, api, oauth }: OktaConnectError, selection = ''): string {
  if (code === 'network_failed') return `${hint} Run connect-okta doctor${selection} to find the cause.`
  // A token that does not leave its broker.
  if (code === 'grant_rejected' && oauth?.error === 'invalid_target') {
    return 'Run connect-okta api, so that the broker sends the request. If the token is bound to a key, you can also run connect-okta header.'
  }
  // The stored token is not expired, so that a sign-in without --force would use it.
  if (api?.status === 401) return `Run connect-okta login --force${selection} to sign in again.`
  return remedyWithFlags(remedy, selection) ?? hint
}

/** A finding of `doctor`, whose `fix` contains the flags of this program. */
export function withAdvice(finding: Finding): Finding {
  const fix = remedyWithFlags(finding.remedy)
  return fix === undefined ? finding : { ...finding, fix }
}

function remedyWithFlags(remedy: Remedy | undefined, selection = ''): string | undefined {
  switch (remedy?.id) {
    case undefined:
      return undefined
    case 'sign_in':
      return `Run connect-okta login${selection}.${remedy.hasOthers ? ' To list your sign-ins, run connect-okta status.' : ''}`
    case 'give_credential':
      return (
        'Specify the key (--jwk-file FILE, --jwk-keyring NAME or --ssh-agent KEY), the secret (--client-secret-file FILE), or a profile ' +
        'that has one (--profile NAME).'
      )
    case 'sign_in_elsewhere':
      return (
        `Set the environment variable BROWSER to a browser. To print the URL instead, run connect-okta login${selection} --no-browser. For a ` +
        `browser on another machine, run connect-okta login${selection} --manual, or --device for a native app.`
      )
    case 'change_redirect_uri':
      return (
        `Stop the program that uses this port. Or register a redirect URI other than ${remedy.redirectUri} with the ` +
        `app, and set CONNECT_OKTA_REDIRECT_URI, or run connect-okta login${selection} --redirect-uri URI.`
      )
    case 'give_passphrase':
      return (
        'Specify the passphrase with --key-passphrase-file FILE (- reads stdin), or set CONNECT_OKTA_KEY_PASSPHRASE. In a ' +
        'terminal, connect-okta prompts for it.'
      )
    case 'omit_authorization_server':
      return (
        'Omit --authorization-server, CONNECT_OKTA_AUTHORIZATION_SERVER and authorizationServer in the profile: only the ' +
        'org authorization server has okta.* scopes.'
      )
    case 'set_authorization_server':
      return (
        'Specify a custom authorization server with --authorization-server ID, such as default: the org authorization server ' +
        'has only okta.* scopes.'
      )
    case 'accept_org':
      return (
        'Check the connection in the configuration of the broker. To use the other org, run connect-okta logout, or ' +
        'connect-okta login --force.'
      )
    case 'give_identity_token':
      return (
        'Specify the identity token of the platform with --identity-token-file FILE, the secret of the client with ' +
        '--client-secret-file FILE, or its key with --jwk-file FILE.'
      )
  }
}
