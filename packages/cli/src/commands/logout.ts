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

async function logout(flags: LogoutFlags, terminal: Terminal): Promise<void> {
  const { isOktaConnectError, openStore, resume } = await import('@connect-okta/core')
  const deps = { store: openStore(flags.store, terminal.notice), notify: terminal.notice }
  const options = await readConnection(flags, terminal.signal)
  const ended: { orgUrl: string; clientId: string }[] = []
  do {
    try {
      const session = await resume(options, deps)
      await session.disconnect()
      ended.push({ orgUrl: session.orgUrl.origin, clientId: session.clientId })
    } catch (error) {
      const noneLeft = flags.all && isOktaConnectError(error) && error.code === 'login_required'
      if (!noneLeft) throw error
      break
    }
  } while (flags.all)
  if (flags.json) return terminal.answer(JSON.stringify(ended))
  for (const { orgUrl, clientId } of ended) terminal.say(`Disconnected ${clientId} from ${new URL(orgUrl).host}.`)
  if (ended.length === 0) terminal.say('Nobody was connected.')
}
