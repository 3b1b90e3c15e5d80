import { OktaConnectError, type ResumeOptions, resume } from '@connect-okta/core'
import type { NamedProfile, ResolvedSettings } from '@connect-okta/core/profiles'
import { accountName, type Login } from '@connect-okta/core/stores'
import type { Command } from '../command.js'
import { type ConnectionFlags, readFlags } from '../connection/connection-flags.js'
import { everyLogout, selectedLogout } from '../connection/logout-targets.js'
import {
  connectionOf,
  type OpenConnection,
  openConnection,
  optionsOf,
  readUsableSettings,
  selectionOf,
  unusedSettingsNote,
} from '../connection/open-connection.js'
import { prompt } from '../connection/prompts/prompt.js'
import type { Terminal } from '../output/terminal.js'
import { visible } from '../output/text/visible-text.js'

interface LogoutFlags extends ConnectionFlags {
  readonly all: boolean
  readonly revoke: boolean
}

/** `connect-okta logout`: deletes stored tokens, and revokes them. */
export const command: Command<LogoutFlags> = {
  hasConnectionFlags: true,
  options: {
    all: { type: 'boolean', default: false, describe: 'End all sign-ins that match the other options' },
    revoke: {
      type: 'boolean',
      default: true,
      describe: 'Delete the stored token without revoking it at Okta',
    },
  },
  examples: [
    ['$0 logout', 'End the sign-in of the default profile, or the latest sign-in'],
    ['$0 logout --jwk-file key.json', 'Revoke the token of a service app (requires its key)'],
    ['$0 logout --all --tenant example.okta.com', 'End all sign-ins at one org'],
    ['$0 logout --all --broker https://broker.example.com', 'End all sign-ins through one broker'],
  ],

  async run(flags, terminal) {
    // Every sign-in is in the store, whatever the profiles contain.
    const connection =
      flags.all && flags.profile === undefined
        ? await connectionOf(await usableSettings(flags, terminal), terminal)
        : await openConnection(flags, terminal)
    const { settings } = connection
    const own = flags.revoke ? await optionsOf(settings, terminal) : await selectionOf(settings)
    // A pipe can be read once.
    const readAll = async () => (flags.revoke ? own : await optionsOf(settings, terminal))
    const readProfile = ({ name, profile }: NamedProfile) =>
      optionsOf({ values: profile, origins: {}, profile: name }, terminal)
    const targets = flags.all
      ? await everyLogout(flags, own, readProfile, connection)
      : [await selectedLogout(own, readAll, connection)]
    const ended: Ended[] = []
    const notRevoked: Login[] = []
    for (const { login, selection, canRevoke } of targets) {
      const shouldDelete =
        isExpired(login, terminal) || !flags.revoke || (!canRevoke && (await askToDelete(login, terminal)))
      if (shouldDelete) ended.push(await deleteToken(login, connection))
      else if (canRevoke) ended.push(await end(login, selection, connection, terminal))
      else notRevoked.push(login)
    }
    // If nothing was ended, the error is the only answer.
    if (flags.json && (ended.length > 0 || notRevoked.length === 0)) terminal.answer(JSON.stringify(ended.map(inJson)))
    else if (targets.length === 0) terminal.info('Not signed in.')
    else for (const one of ended) terminal.info(render(one, terminal))
    if (notRevoked.length > 0) throw keyRequired(notRevoked)
  },
}

async function usableSettings(flags: LogoutFlags, { io, info }: Terminal): Promise<ResolvedSettings> {
  return await readUsableSettings(await readFlags(flags, io), {}, io.environment, problem =>
    info(unusedSettingsNote(problem)),
  )
}

interface Ended {
  readonly login: Login
  /** Whether Okta has revoked the token. */
  readonly revoked: boolean
}

// An app has no refresh token: there is nothing left to revoke.
function isExpired({ grant, expiresAt }: Login, { io }: Terminal): boolean {
  return grant === 'client_credentials' && expiresAt.getTime() <= io.now()
}

async function askToDelete(login: Login, terminal: Terminal): Promise<boolean> {
  if (!terminal.canPrompt) return false
  const { default: select } = await import('@inquirer/select')
  return await prompt(terminal, context =>
    select(
      {
        message: `To revoke ${visible(what(login))}, Okta requires the app's key or secret.`,
        choices: [
          { value: false, name: 'Keep the sign-in' },
          { value: true, name: 'Delete only the stored token (it stays valid until it expires)' },
        ],
      },
      context,
    ),
  )
}

async function deleteToken(login: Login, { store }: OpenConnection): Promise<Ended> {
  await store.exclusive(login.recordKey, slot => slot.remove())
  return { login, revoked: false }
}

function render({ login, revoked }: Ended, terminal: Terminal): string {
  if (revoked && login.broker !== undefined)
    return `Disconnected ${what(login)}. The token stays valid until it expires, unless the broker allows its client to revoke tokens.`
  if (revoked) return `Disconnected ${what(login)}.`
  if (isExpired(login, terminal)) return `Deleted the expired token of ${what(login)}.`
  return `Deleted the stored token of ${what(login)}. Okta did not revoke it: it stays valid until it expires.`
}

function inJson({ login: { orgUrl, broker, clientId, account, scopes }, revoked }: Ended) {
  return { orgUrl, broker, clientId, account, scopes, revoked }
}

function what({ orgUrl, broker, clientId, account, scopes }: Login): string {
  const who = account === undefined ? '' : `, signed in as ${accountName(account)}`
  const where = broker === undefined ? new URL(orgUrl).host : `the broker ${new URL(broker).host}`
  return `${clientId} at ${where}${scopes.length === 0 ? '' : ` (${scopes.join(' ')})`}${who}`
}

function keyRequired(logins: readonly Login[]): OktaConnectError {
  const list = logins.map(login => what(login)).join('; ')
  return new OktaConnectError('key_required', `Cannot revoke without the app's key or secret: ${list}.`, {
    hint:
      'Specify the key (--jwk-file FILE, --jwk-keyring NAME or --ssh-agent KEY), the secret (--client-secret-file FILE), or a profile ' +
      'that has one (--profile NAME). To delete only the stored token, add --no-revoke. The token stays valid until it expires.',
  })
}

async function end(
  login: Login,
  selection: ResumeOptions,
  { deps }: OpenConnection,
  terminal: Terminal,
): Promise<Ended> {
  let revoked = true
  const session = await resume(selection, {
    ...deps,
    notify(notice) {
      if (notice.code === 'revocation_failed') revoked = false
      terminal.notice(notice)
    },
  })
  await session.disconnect()
  return { login, revoked }
}
