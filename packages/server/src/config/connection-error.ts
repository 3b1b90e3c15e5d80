import { isOktaConnectError, OktaConnectError } from '@connect-okta/core'

/**
 * Runs a step for a connection. Errors of the core get the name of the connection, and state what to change in the configuration.
 *
 * @throws {@link OktaConnectError}
 */
export async function forConnection<T>(name: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    if (!isOktaConnectError(error) || error.message.includes(`connections.${name}`)) throw error
    const { code, message, cause } = error
    throw new OktaConnectError(code, `connections.${name}: ${message}`, { hint: hintFor(error), cause })
  }
}

/** What to do about an error, in terms of the configuration. */
export function hintFor({ remedy, hint }: OktaConnectError): string {
  switch (remedy?.id) {
    case 'give_passphrase':
      return 'Set keyPassphrase of the connection: { file: PATH } or { keyring: NAME }.'
    case 'give_credential':
      return 'Set key or clientSecret of the connection: { file: PATH } or { keyring: NAME }.'
    case 'omit_authorization_server':
      return 'Remove authorizationServer from the connection.'
    case 'set_authorization_server':
      return 'Set authorizationServer of the connection to the ID of the server, at Security > API > Authorization Servers.'
    default:
      return hint
  }
}
