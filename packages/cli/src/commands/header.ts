import type { Argv } from 'yargs'
import { type ConnectionFlags, readConnection, withConnectionFlags } from '../connection-flags.js'
import { resumeOrConnect } from '../resume-or-connect.js'
import type { Terminal } from '../terminal.js'

interface HeaderFlags extends ConnectionFlags {
  readonly method: string
  readonly url: string
}

/** `connect-okta header`: the headers for one request, with the DPoP proof that a bound token needs. */
export function addHeader(yargs: Argv<{ store: string; json: boolean }>, terminal: Terminal) {
  return yargs.command(
    'header',
    'Print the headers that authorize one request',
    y =>
      withConnectionFlags(y)
        .option('method', { type: 'string', requiresArg: true, default: 'GET', describe: 'The method of the request' })
        .option('url', { type: 'string', requiresArg: true, demandOption: true, describe: 'Its URL, or path' })
        .example('$0 header --url $URL | curl -H @- $URL', 'Call the API with a token that is bound to a key'),
    argv => header(argv, terminal),
  )
}

async function header(flags: HeaderFlags, terminal: Terminal): Promise<void> {
  const { openStore } = await import('@connect-okta/core')
  const { tenant = originOf(flags.url) } = flags
  const options = await readConnection({ ...flags, tenant }, terminal.signal)
  const deps = { store: openStore(flags.store, terminal.notice), notify: terminal.notice }
  const session = await resumeOrConnect(options, deps, terminal.signal)
  const headers = await session.authorization(flags.method, flags.url, { signal: terminal.signal })
  if (flags.json) return terminal.answer(JSON.stringify(headers))
  terminal.answer(
    Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
  )
}

// A full URL says which org is meant.
function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined
}
