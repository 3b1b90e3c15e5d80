import { type Deps, findSession, isOktaConnectError } from '@connect-okta/core'
import type { ResolvedSettings } from '@connect-okta/core/profiles'
import { isLoginOf, type Login } from '@connect-okta/core/stores'
import type { Terminal } from '../output/terminal.js'
import { readUsableSettings, selectionOf } from './open-connection.js'

/** The sign-in that a command without options uses. */
export async function selectedLogin(
  settings: ResolvedSettings,
  logins: readonly Login[],
  deps: Partial<Deps>,
): Promise<Login | undefined> {
  try {
    const session = await findSession(await selectionOf(settings), deps)
    return session && logins.find(one => isLoginOf(session, one) && one.account?.sub === session.account?.sub)
  } catch (error) {
    // Other commands report invalid settings.
    if (isOktaConnectError(error)) return undefined
    throw error
  }
}

/**
 * The note for a new sign-in that commands do not use, because a profile is the default.
 *
 * @param profile the name that the sign-in is saved as, if any.
 */
export async function otherDefaultNote(
  login: Login,
  profile: string | undefined,
  { io }: Terminal,
  deps: Partial<Deps>,
): Promise<string | undefined> {
  const settings = await readUsableSettings({}, {}, io.environment, () => {})
  if (settings.profile === undefined || settings.profile === profile) return undefined
  if ((await selectedLogin(settings, [login], deps)) !== undefined) return undefined
  const byDefault = `Commands use the profile ${settings.profile} by default. To use this sign-in,`
  if (profile !== undefined) return `${byDefault} add --profile ${profile} to each command.`
  const isSameApp = settings.values.clientId === login.clientId
  const flags = login.broker === undefined ? ['--tenant', '--client-id'] : ['--broker', '--client']
  const list = new Intl.ListFormat('en').format([...flags, ...(isSameApp ? ['--scopes'] : [])])
  return `${byDefault} pass ${list}, or save it: connect-okta login --profile NAME.`
}
