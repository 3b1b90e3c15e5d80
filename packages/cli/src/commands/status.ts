import type { Argv } from 'yargs'
import type { Terminal } from '../terminal.js'

/** `connect-okta status`: what is connected, until when, and where it is kept. */
export function addStatus(yargs: Argv<{ store: string; json: boolean }>, terminal: Terminal) {
  return yargs.command(
    'status',
    'Show what is connected, and until when',
    y => y,
    argv => status(argv, terminal),
  )
}

async function status(flags: { store: string; json: boolean }, terminal: Terminal): Promise<void> {
  const { listLogins, openStore } = await import('@connect-okta/core')
  const { renderLogin } = await import('../render.js')
  const store = openStore(flags.store, terminal.notice)
  const logins = await listLogins({ store })
  if (flags.json) return terminal.answer(JSON.stringify(logins))
  if (logins.length === 0) return terminal.say(`Nobody is connected. Tokens would be kept in ${store.location}.`)
  terminal.answer(logins.map(login => renderLogin(login, Date.now())).join('\n'))
  terminal.say(`Tokens are kept in ${store.location}.`)
}
