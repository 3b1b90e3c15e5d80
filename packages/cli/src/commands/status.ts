import { listLogins, openStore, readSettings } from '@connect-okta/core'
import type { Command, CommonFlags } from '../command.js'
import { renderLogin } from '../render-login.js'

/** `connect-okta status`: what is connected, until when, and where it is kept. */
export const command: Command<CommonFlags> = {
  flags: yargs =>
    yargs
      .example('$0 status', 'Every login; the current one has a star')
      .example('$0 status --json', 'With what is known of each'),

  async run(flags, terminal) {
    const { store: name } = (await readSettings(flags.store === undefined ? {} : { store: flags.store })).values
    const store = openStore(name ?? 'auto', terminal.notice)
    const logins = await listLogins({ store })
    if (flags.json) return terminal.answer(JSON.stringify(logins))
    if (logins.length === 0) return terminal.say(`Nobody is connected. Tokens would be kept in ${store.location}.`)
    terminal.answer(logins.map(login => renderLogin(login, Date.now())).join('\n'))
    terminal.say(`Tokens are kept in ${store.location}.`)
  },
}
