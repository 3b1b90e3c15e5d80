import { checkApiRequest } from '@connect-okta/core/api'
import type { Command } from '../command.js'
import type { ConnectionFlags } from '../connection/connection-flags.js'
import { obtainSession, openConnectionFor } from '../connection/open-connection.js'
import { apiPath } from '../input/api-path.js'

interface HeaderFlags extends ConnectionFlags {
  readonly method: string
  readonly url: string
}

/** `connect-okta header`: prints the headers for one request, DPoP proof included. */
export const command: Command<HeaderFlags> = {
  hasConnectionFlags: true,
  options: {
    method: {
      type: 'string',
      requiresArg: true,
      default: 'GET',
      valueName: 'METHOD',
      describe: 'The method of the request',
    },
    url: {
      type: 'string',
      requiresArg: true,
      demandOption: true,
      valueName: 'URL',
      describe: 'The URL or the path of the request (required)',
    },
  },
  examples: [['$0 header --url "$URL" | curl -H @- "$URL"', 'Call the API with curl. Works with and without DPoP']],

  async run(flags, terminal) {
    const { json } = flags
    const { method, path: url } = checkApiRequest({ method: flags.method, path: apiPath(flags.url) })
    const { signal } = terminal
    const connection = await openConnectionFor(url, flags, terminal)
    const { session } = await obtainSession(connection, terminal, { isOneToken: true })
    const headers = await session.authorization(method, url, { signal })
    if (json) return terminal.answer(JSON.stringify(headers))
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
    terminal.answer(lines.join('\n'))
  },
}
