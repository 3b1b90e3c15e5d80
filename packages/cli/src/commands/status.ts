import { listLogins, openStore } from '@connect-okta/core/stores'
import type { Command, CommonFlags } from '../command.js'
import { selectedLogin } from '../connection/default-sign-in.js'
import { readUsableSettings, unusedSettingsNote } from '../connection/open-connection.js'
import { renderLogin } from '../output/render-login.js'

/** `connect-okta status`: lists sign-ins, their expiry and the store. */
export const command: Command<CommonFlags> = {
  examples: [
    ['$0 status', 'List all sign-ins. * marks the one that commands use'],
    ['$0 status --json', 'Print all details as JSON'],
  ],

  async run(flags, terminal) {
    const { environment } = terminal.io
    const given = flags.store === undefined ? {} : { store: flags.store }
    const settings = await readUsableSettings(given, {}, environment, problem => {
      terminal.info(unusedSettingsNote(problem))
    })
    const { values, profile } = settings
    const store = openStore(values.store ?? 'auto', { notify: terminal.notice, environment })
    const logins = await listLogins({ store })
    if (flags.json) return terminal.answer(JSON.stringify(logins))
    if (logins.length === 0)
      return terminal.info(
        `Not signed in. To sign in, run connect-okta login. Tokens will be stored in ${store.location}.`,
      )
    // One line for each, for a program.
    const columns = terminal.isStdoutTerminal ? terminal.columns : Number.POSITIVE_INFINITY
    const selected = await selectedLogin(settings, logins, { store, environment })
    const shown = logins.map(login => ({ ...login, isCurrent: login === selected }))
    terminal.answer(shown.map(login => renderLogin(login, terminal.io.now(), columns)).join('\n'))
    if (profile !== undefined) terminal.info(`Commands use the profile ${profile} by default.`)
    terminal.info(`Tokens are stored in ${store.location}.`)
  },
}
