import { findSession, isOktaConnectError, OktaConnectError, type ResumeOptions, resume } from '@connect-okta/core'
import { listProfiles, type NamedProfile, parseBroker, parseTenant, type Settings } from '@connect-okta/core/profiles'
import { createMemoryStore, isLoginOf, type Login, listLogins } from '@connect-okta/core/stores'
import type { ConnectionFlags } from './connection-flags.js'
import type { OpenConnection } from './open-connection.js'

/** A sign-in to end. */
export interface LogoutTarget {
  readonly login: Login
  readonly selection: ResumeOptions
  /** Whether the key or secret that Okta requires for the revocation is given. */
  readonly canRevoke: boolean
}

/**
 * The sign-in that the settings select.
 *
 * @param own the options of the settings, with or without their credential.
 * @param readAll reads the options with the credential.
 */
export async function selectedLogout(
  own: ResumeOptions,
  readAll: () => Promise<ResumeOptions>,
  { settings: { values }, deps }: OpenConnection,
): Promise<LogoutTarget> {
  const session = await resume(own, deps).catch(error => {
    throw isOktaConnectError(error) && error.code === 'login_required' ? nothingToEnd(error) : error
  })
  const logins = (await listLogins(deps)).filter(
    login => isLoginOf(session, login) && login.account?.sub === session.account?.sub,
  )
  // One app may have a sign-in for each of its keys, and one account for each username hint.
  const selection = logins.length > 1 && values.key !== undefined ? await readAll() : own
  const login = logins.length > 1 ? await firstSelected(logins, selection, deps) : logins[0]
  if (login === undefined) {
    throw new OktaConnectError('login_required', 'Another program has ended the sign-in.', {
      hint: 'Run the command again.',
    })
  }
  return { ...(await targetOf(login, selection, true, deps)), selection }
}

// The hint of the core is to sign in.
function nothingToEnd({ code, message, remedy }: OktaConnectError): OktaConnectError {
  const hasOthers = remedy?.id === 'sign_in' && remedy.hasOthers === true
  return new OktaConnectError(code, message, {
    hint: hasOthers ? 'To list your sign-ins, run connect-okta status.' : 'There is no sign-in to end.',
  })
}

// Only the current one is found without a selection.
async function firstSelected(
  logins: readonly Login[],
  selection: ResumeOptions,
  { store }: OpenConnection['deps'],
): Promise<Login | undefined> {
  for (const login of logins) if (await isSelected(login, selection, store)) return login
  return logins.find(({ isCurrent }) => isCurrent)
}

/**
 * Every sign-in that the flags, or the profile that they name, select: other settings are for connecting.
 *
 * @param own the options of the settings.
 * @param readProfile reads the options of a profile, with its credential: a sign-in may belong to any of them.
 */
export async function everyLogout(
  { profile, ...flags }: ConnectionFlags,
  own: ResumeOptions,
  readProfile: (profile: NamedProfile) => Promise<ResumeOptions>,
  { settings: { values }, deps }: OpenConnection,
): Promise<readonly LogoutTarget[]> {
  const { tenant, broker, connection, clientId } = profile === undefined ? flags : values
  const selected = {
    orgUrl: tenant === undefined ? undefined : parseTenant(tenant).origin,
    broker: broker === undefined ? undefined : parseBroker(broker).origin,
    connection,
    clientId,
  } as const
  const names = ['orgUrl', 'broker', 'connection', 'clientId'] as const
  const logins = (await listLogins(deps)).filter(login =>
    names.every(name => selected[name] === undefined || login[name] === selected[name]),
  )
  const targets: LogoutTarget[] = []
  for (const login of logins) {
    const target = await targetOf(login, own, isOwn(login, values), deps)
    targets.push(target.canRevoke ? target : ((await targetOfProfile(login, readProfile, deps)) ?? target))
  }
  return targets
}

// The sign-in with the key or secret of a profile for the same app.
async function targetOfProfile(
  login: Login,
  readProfile: (profile: NamedProfile) => Promise<ResumeOptions>,
  deps: OpenConnection['deps'],
): Promise<LogoutTarget | undefined> {
  const profiles = await listProfiles(deps.environment).catch(() => [])
  for (const profile of profiles.filter(one => isOwn(login, one.profile))) {
    // Another profile may have the credential.
    const options = await readProfile(profile).catch(() => undefined)
    const target = options && (await targetOf(login, options, true, deps))
    if (target?.canRevoke) return target
  }
  return undefined
}

async function targetOf(
  login: Login,
  own: ResumeOptions,
  isOfSettings: boolean,
  deps: OpenConnection['deps'],
): Promise<LogoutTarget> {
  const { recordKey, needsCredential } = login
  if (!needsCredential) return { login, selection: { recordKey }, canRevoke: true }
  // The identity token of the platform is found when it is needed.
  if (login.broker !== undefined) return { login, selection: { ...(isOfSettings && own), recordKey }, canRevoke: true }
  if (await isByKey(login, own, deps)) return { login, selection: { ...keyIn(own), recordKey }, canRevoke: true }
  // A secret is never sent for another app, or to another server.
  if (isOfSettings) return { login, selection: { ...own, recordKey }, canRevoke: hasCredential(own, login) }
  return { login, selection: { recordKey }, canRevoke: false }
}

// Whether the given key is the one that the token of an app was obtained with.
async function isByKey(login: Login, own: ResumeOptions, { store }: OpenConnection['deps']): Promise<boolean> {
  return login.identity.type === 'app' && hasKey(own) && (await isSelected(login, keyIn(own), store))
}

// Whether options select a sign-in if the store has no other one.
async function isSelected(
  { recordKey }: Login,
  selection: ResumeOptions,
  store: OpenConnection['deps']['store'],
): Promise<boolean> {
  const record = await store?.read(recordKey)
  if (record === undefined) return false
  const isolatedStore = createMemoryStore()
  await isolatedStore.exclusive(recordKey, slot => slot.write(record))
  return (await findSession(selection, { store: isolatedStore })) !== undefined
}

function hasKey({ jsonWebKey, signer }: ResumeOptions): boolean {
  return (jsonWebKey ?? signer) !== undefined
}

function keyIn({ jsonWebKey, keyId, passphrase, signer }: ResumeOptions): ResumeOptions {
  const given = Object.entries({ jsonWebKey, keyId, passphrase, signer }).filter(([, value]) => value !== undefined)
  return Object.fromEntries(given)
}

function hasCredential(options: ResumeOptions, { identity }: Login): boolean {
  const { clientSecret, tenant, clientId } = options
  const hasSecret = clientSecret !== undefined && tenant !== undefined && clientId !== undefined
  return hasSecret || (identity.type === 'user' && hasKey(options))
}

function isOwn(login: Login, { tenant, broker, clientId, authorizationServer }: Settings): boolean {
  if (broker !== undefined) return parseBroker(broker).origin === login.broker && login.clientId === clientId
  if (tenant === undefined || parseTenant(tenant).origin !== login.orgUrl) return false
  const issuer = `${login.orgUrl}/oauth2/`
  const server = authorizationServer?.startsWith(issuer)
    ? authorizationServer.slice(issuer.length)
    : authorizationServer
  return login.clientId === clientId && login.authorizationServer === server
}
