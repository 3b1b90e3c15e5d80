import { type ResumeOptions, resume } from '@connect-okta/core'
import { parseTenant, type Settings } from '@connect-okta/core/profiles'
import { accountName, type Login, listLogins } from '@connect-okta/core/stores'
import type { Account } from '@connect-okta/core/types'
import type { Command } from '../command.js'
import type { ConnectionFlags } from '../connection/connection-flags.js'
import { type OpenConnection, openConnection, optionsOf } from '../connection/open-connection.js'
import type { Terminal } from '../output/terminal.js'

interface LogoutFlags extends ConnectionFlags {
  readonly all: boolean
}

/** `connect-okta logout`: deletes stored tokens, and revokes them. */
export const command: Command<LogoutFlags> = {
  hasConnectionFlags: true,
  options: {
    all: { type: 'boolean', default: false, describe: 'End every sign-in that matches' },
  },
  examples: [
    ['$0 logout', 'End the sign-in of the default profile, or the latest'],
    ['$0 logout --jwk-file key.json', 'Revoke a token of an app: Okta requires its key'],
    ['$0 logout --all --tenant example.okta.com', 'End all sign-ins at one org'],
  ],

  async run(flags, terminal) {
    const connection = await openConnection(flags, terminal)
    // With --all, only flags select sign-ins: settings are for connecting.
    const own = await optionsOf(connection.settings, terminal)
    const ended = flags.all ? await endAll(flags, own, connection, terminal) : [await endOne(own, connection, terminal)]
    if (flags.json) return terminal.answer(JSON.stringify(ended))
    if (ended.length === 0) terminal.info('Not signed in.')
    for (const { orgUrl, clientId, account, scopes, revoked } of ended) {
      const who = account === undefined ? '' : `, signed in as ${accountName(account)}`
      const what = `${clientId} at ${new URL(orgUrl).host} (${scopes.join(' ')})${who}`
      terminal.info(
        revoked
          ? `Disconnected ${what}.`
          : `Deleted the token of ${what}. Okta did not revoke it: it is valid until it expires.`,
      )
    }
  },
}

interface Ended {
  readonly orgUrl: string
  readonly clientId: string | undefined
  /** The user who signed in; `undefined` for an app. */
  readonly account: Account | undefined
  readonly scopes: readonly string[]
  /** Whether Okta has revoked the token. */
  readonly revoked: boolean
}

async function endAll(
  flags: LogoutFlags,
  own: ResumeOptions,
  connection: OpenConnection,
  terminal: Terminal,
): Promise<readonly Ended[]> {
  const isNamed = flags.profile !== undefined
  const { tenant, clientId } = isNamed ? connection.settings.values : flags
  const orgUrl = tenant === undefined ? undefined : parseTenant(tenant).origin
  const { values } = connection.settings
  const ended: Ended[] = []
  for (const login of await listLogins(connection.deps)) {
    if (orgUrl !== undefined && login.orgUrl !== orgUrl) continue
    if (clientId !== undefined && login.clientId !== clientId) continue
    ended.push(await endOne({ ...(isOwn(login, values) && own), recordKey: login.recordKey }, connection, terminal))
  }
  return ended
}

// The credential of an app is never sent for another app, or to another server.
function isOwn(login: Login, { tenant, clientId, authorizationServer }: Settings): boolean {
  if (tenant === undefined || parseTenant(tenant).origin !== login.orgUrl) return false
  const issuer = `${login.orgUrl}/oauth2/`
  const server = authorizationServer?.startsWith(issuer)
    ? authorizationServer.slice(issuer.length)
    : authorizationServer
  return login.clientId === clientId && login.authorizationServer === server
}

async function endOne(which: ResumeOptions, { deps }: OpenConnection, terminal: Terminal): Promise<Ended> {
  let revoked = true
  const session = await resume(which, {
    ...deps,
    notify(notice) {
      if (notice.code === 'revocation_failed') revoked = false
      terminal.notice(notice)
    },
  })
  const { orgUrl, clientId, account, scopes } = session
  await session.disconnect()
  return { orgUrl: orgUrl.origin, clientId, account, scopes, revoked }
}
