import type { ConnectOptions } from '@connect-okta/core'
import type { Argv } from 'yargs'
import { type ConnectionFlags, readConnection, withConnectionFlags } from '../connection-flags.js'
import type { Terminal } from '../terminal.js'

/** `connect-okta login`: connects and stores. */
export function addLogin(yargs: Argv<{ store: string; json: boolean }>, terminal: Terminal) {
  return yargs.command(
    'login',
    'Connect to an Okta org and keep the token',
    y =>
      withConnectionFlags(y)
        .demandOption(['tenant', 'client-id'])
        .example('$0 login --tenant example.okta.com --client-id 0oa1… --jwk-file key.json', ''),
    argv => login(argv, terminal),
  )
}

async function login(flags: ConnectionFlags, terminal: Terminal): Promise<void> {
  const { connect, listLogins, openStore } = await import('@connect-okta/core')
  const { renderExpiry } = await import('../render.js')
  const store = openStore(flags.store, terminal.notice)
  const options = await readConnection(flags, terminal.signal)
  const session = await connect(options as ConnectOptions, { store, notify: terminal.notice })
  const [login] = await listLogins({ store })
  if (login === undefined) throw new Error('the login that was just made is not listed')
  if (flags.json) return terminal.answer(JSON.stringify(login))
  terminal.say(
    [
      `Connected to ${session.orgUrl.host} as ${session.clientId}.`,
      `Scopes: ${login.grantedScopes.join(' ')}`,
      `The token ${renderExpiry(login.expiresAt, Date.now())}.`,
    ].join('\n'),
  )
}
