import { readSettings } from '@connect-okta/core/profiles'
import { listLogins, openStore } from '@connect-okta/core/stores'
import type { Command, CommonFlags } from '../command.js'
import { renderLogin } from '../output/render-login.js'

/** `connect-okta status`: what is connected, until when, and where it is kept. */
export const command: Command<CommonFlags> = {
  examples: [
    ['$0 status', 'Every login; the latest has a star'],
    ['$0 status --json', 'With what is known of each'],
  ],

  async run(flags, terminal) {
    const { values, profile } = await readSettings(flags.store === undefined ? {} : { store: flags.store })
    const store = openStore(values.store ?? 'auto', { notify: terminal.notice })
    const logins = await listLogins({ store })
    if (flags.json) return terminal.answer(JSON.stringify(logins))
    if (logins.length === 0) return terminal.info(`Not signed in. Tokens will be stored in ${store.location}.`)
    // A program gets a line for each.
    const columns = terminal.isAnswerRead ? terminal.columns : Number.POSITIVE_INFINITY
    terminal.answer(logins.map(login => renderLogin(login, terminal.io.now(), columns)).join('\n'))
    // Not the one with the star, which is the latest.
    if (profile !== undefined) terminal.info(`Where nothing says which, commands take the profile ${profile}.`)
    terminal.info(`Tokens are kept in ${store.location}.`)
  },
}
