import type { ResumeOptions, TokenStore } from '@connect-okta/core'
import type { Argv } from 'yargs'
import { type ConnectionFlags, readConnection, withConnectionFlags } from '../connection-flags.js'
import type { Terminal } from '../terminal.js'

interface LogoutFlags extends ConnectionFlags {
  readonly all: boolean
}

/** `connect-okta logout`: forgets, and revokes. */
export function addLogout(yargs: Argv<{ store: string; json: boolean }>, terminal: Terminal) {
  return yargs.command(
    'logout',
    'Forget a token and revoke it at Okta',
    y =>
      withConnectionFlags(y)
        .option('all', { type: 'boolean', default: false, describe: 'Every login that fits' })
        .example('$0 logout', 'The latest login')
        .example('$0 logout --jwk-file key.json', 'A login by key: Okta revokes only for who has the key'),
    argv => logout(argv, terminal),
  )
}

interface Ended {
  readonly orgUrl: string
  readonly clientId: string | undefined
  readonly scopes: readonly string[]
  /** Whether Okta has ended the token too. */
  readonly revoked: boolean
}

async function logout(flags: LogoutFlags, terminal: Terminal): Promise<void> {
  const { listLogins, openStore, parseTenant } = await import('@connect-okta/core')
  const store = openStore(flags.store, terminal.notice)
  const options = await readConnection(flags, terminal.signal)
  const ended: Ended[] = []
  if (flags.all) {
    const orgUrl = flags.tenant === undefined ? undefined : parseTenant(flags.tenant).origin
    for (const login of await listLogins({ store })) {
      if (orgUrl !== undefined && login.orgUrl !== orgUrl) continue
      if (flags.clientId !== undefined && login.clientId !== flags.clientId) continue
      ended.push(await end({ ...options, recordKey: login.recordKey }, store, terminal))
    }
  } else {
    ended.push(await end(options, store, terminal))
  }
  if (flags.json) return terminal.answer(JSON.stringify(ended))
  if (ended.length === 0) terminal.say('Nobody was connected.')
  for (const { orgUrl, clientId, scopes, revoked } of ended) {
    const what = `${clientId} at ${new URL(orgUrl).host} (${scopes.join(' ')})`
    terminal.say(revoked ? `Disconnected ${what}.` : `Forgot ${what}. Its token lives on at Okta until it runs out.`)
  }
}

async function end(options: ResumeOptions, store: TokenStore, terminal: Terminal): Promise<Ended> {
  const { resume } = await import('@connect-okta/core')
  let revoked = true
  const session = await resume(options, {
    store,
    notify(notice) {
      if (notice.code === 'revocation_failed') revoked = false
      terminal.notice(notice)
    },
  })
  const { orgUrl, clientId, scopes } = session
  await session.disconnect()
  return { orgUrl: orgUrl.origin, clientId, scopes, revoked }
}
