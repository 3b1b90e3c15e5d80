import { type Deps, isOktaConnectError, OktaConnectError, type OktaSession } from '@connect-okta/core'
import { printable } from '@connect-okta/core/api'
import { accountName, type Login, listLogins } from '@connect-okta/core/stores'

/** This PowerShell process is not connected, which is different from a sign-in that has ended. */
export class NotConnected extends OktaConnectError {}

/** The request names a session that this Node process does not have: the module restores it and sends the request again. */
export class UnknownSession extends Error {}

const maxListed = 5

/** An example of how to connect. */
export const connectExample = 'Connect-Okta -Tenant example.okta.com -ClientId 0oa1a2b3c4d5e6f7g8h9'

/** The error for a process that is not connected, with the saved sign-ins that it could connect to. */
export async function notConnected(deps: Partial<Deps>): Promise<NotConnected> {
  const { saved, hint } = await savedSignIns(deps)
  return new NotConnected('login_required', `This PowerShell process is not connected to Okta.${saved}`, { hint })
}

/** The error for a user whose last sign-in has ended. */
export async function noLastSignIn(deps: Partial<Deps>): Promise<OktaConnectError> {
  const { saved, hint } = await savedSignIns(deps)
  return new OktaConnectError('login_required', `The last sign-in of this user has ended.${saved}`, { hint })
}

/**
 * The error when a user must sign in where no user can.
 *
 * @param reason why not, such as "PowerShell was started with -NonInteractive"
 */
export function signInNotPossible(reason: unknown): OktaConnectError {
  const hint =
    'Connect with a key, such as -JsonWebKeyPath, -JsonWebKey or -CertificateThumbprint, or with -Broker. Or sign in first ' +
    'in an interactive PowerShell: Connect-Okta stores the sign-in. If a user can open the sign-in URL, add -NoBrowser.'
  return new OktaConnectError('login_required', `A user has to sign in, and ${reason}.`, { hint })
}

/** The error for a session whose sign-in has ended, or is of another account. */
export function signInEnded(): OktaConnectError {
  return new OktaConnectError('login_required', 'The saved sign-in has ended.', {
    hint: 'Connect again.',
    remedy: { id: 'sign_in' },
  })
}

/** The error for a session of a profile that now names another org or app. */
export function anotherApp(profile: unknown, expected: unknown): OktaConnectError {
  return new OktaConnectError('options_invalid', `The profile ${profile} has changed: this session uses ${expected}.`, {
    hint: `Connect again: Connect-Okta -Profile ${profile}`,
  })
}

/** The error for Get-OktaAccessToken in a session of a static API token. */
export function apiTokenNotReturned(): OktaConnectError {
  const message =
    'This session uses a static API token, which is not an access token and does not expire after an hour.'
  const hint =
    'Use Invoke-OktaApi, or connect with a key or a sign-in. To get the API token itself, add -AllowApiToken and ' +
    'send it as "Authorization: SSWS".'
  return new OktaConnectError('options_invalid', message, { hint })
}

/** The error for Get-OktaAccessToken in a session whose broker does not return the token. */
export function tokenNotReturned({ broker }: OktaSession): OktaConnectError {
  const message = `The broker ${broker?.host} does not return the token: it is bound to a key or is a static API token, or the client may only send requests.`
  return new OktaConnectError('grant_rejected', message, {
    hint: 'Use Invoke-OktaApi: the broker sends the requests to Okta.',
  })
}

/** The error for a token that only the key or secret of the app can revoke, which this session does not have. */
export function keyRequiredToRevoke(login: Login): OktaConnectError {
  const message = `Okta revokes a token of an app only with its key or secret: ${nameOf(login)}.`
  const hint =
    `Connect with it first: ${commandFor(login)}. Or run Disconnect-Okta -NoRevoke, which only deletes the token on this ` +
    'machine: it is valid until it expires.'
  return new OktaConnectError('key_required', message, { hint })
}

/** For `catch`: returns `undefined` if a sign-in has ended, and throws other errors. */
export function undefinedIfEnded(error: unknown): undefined {
  if (!isOktaConnectError(error) || error.code !== 'login_required') throw error
}

async function savedSignIns(deps: Partial<Deps>): Promise<{ saved: string; hint: string }> {
  // The error is the same if the store cannot be read.
  const logins = await listLogins(deps).catch(() => [])
  const names = [...new Set(logins.map(nameOf))]
  const more = names.length > maxListed ? `, and ${names.length - maxListed} more` : ''
  const saved = names.length === 0 ? '' : ` Saved sign-ins: ${names.slice(0, maxListed).join(', ')}${more}.`
  // A user needs no key to sign in again.
  const login = logins.find(({ identity }) => identity.type === 'user') ?? logins[0]
  const otherKey = needsKey(login) ? '. For another key, use its parameter, such as -CertificateThumbprint.' : ''
  return { saved, hint: `Run ${commandFor(login)}${otherKey}` }
}

function nameOf({ clientId, orgUrl, broker, account }: Login): string {
  const server = broker === undefined ? new URL(orgUrl).host : `the broker ${new URL(broker).host}`
  const name = `${printable(clientId)} at ${server}`
  return account === undefined ? name : `${name} (${accountName(account)})`
}

function needsKey(login: Login | undefined): boolean {
  if (login?.identity.type !== 'app') return false
  return login.broker === undefined || login.identity.keyThumbprint !== undefined
}

function commandFor(login: Login | undefined): string {
  if (login === undefined) return connectExample
  const { orgUrl, broker, connection, clientId, scopes, authorizationServer } = login
  const { protocol, host, origin } = new URL(broker ?? orgUrl)
  const server = broker === undefined ? '-Tenant' : '-Broker'
  const parts = [`Connect-Okta ${server}`, protocol === 'https:' ? host : origin, '-ClientId', clientId]
  if (connection !== undefined) parts.push('-Connection', connection)
  if (needsKey(login)) parts.push('-JsonWebKeyPath key.json')
  if (scopes.join() !== (broker === undefined ? 'okta.users.manage' : '')) parts.push('-Scopes', scopes.join(', '))
  if (authorizationServer !== undefined) parts.push('-AuthorizationServer', authorizationServer)
  return printable(parts.join(' '))
}
