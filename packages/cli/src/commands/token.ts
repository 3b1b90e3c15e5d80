import type { AccessToken } from '@connect-okta/core'
import type { Argv } from 'yargs'
import { type ConnectionFlags, readConnection, withConnectionFlags } from '../connection-flags.js'
import { parseDurationMs } from '../duration.js'
import { resumeOrConnect } from '../resume-or-connect.js'
import type { Terminal } from '../terminal.js'

const formats = ['raw', 'json', 'header'] as const
type Format = (typeof formats)[number]

const boundToKey = 'This token is bound to a key: it works with a proof for each request only.'

interface TokenFlags extends ConnectionFlags {
  readonly format: Format
  readonly minValidity: number | undefined
  readonly forceRefresh: boolean
}

/** `connect-okta token`: prints a good token. */
export function addToken(yargs: Argv<{ store: string; json: boolean }>, terminal: Terminal) {
  return yargs.command(
    'token',
    'Print a good access token; never opens a browser',
    y =>
      withConnectionFlags(y)
        .option('format', { choices: formats, default: 'raw' as const, describe: 'How to print it' })
        .option('min-validity', {
          type: 'string',
          requiresArg: true,
          coerce: parseDurationMs,
          describe: 'How long it must still be good: 90s, 5m, 1h',
        })
        .option('force-refresh', { type: 'boolean', default: false, describe: 'Get a new one even if it is good' })
        .example('$0 token', 'The token of the latest login')
        .example('curl -H "$($0 token --format header)" https://example.okta.com/api/v1/users', ''),
    argv => token(argv, terminal),
  )
}

async function token(flags: TokenFlags, terminal: Terminal): Promise<void> {
  const { OktaConnectError, openStore } = await import('@connect-okta/core')
  const deps = { store: openStore(flags.store, terminal.notice), notify: terminal.notice }
  const session = await resumeOrConnect(await readConnection(flags, terminal.signal), deps, terminal.signal)
  const minValidityMs = flags.minValidity
  const found = await session.token({
    forceRefresh: flags.forceRefresh,
    signal: terminal.signal,
    ...(minValidityMs !== undefined && { minValidityMs }),
  })
  const format = flags.json ? 'json' : flags.format
  if (found.type === 'DPoP') {
    const way = 'connect-okta header --method GET --url URL prints what one request needs.'
    if (format === 'header') throw new OktaConnectError('options_invalid', boundToKey, { hint: way })
    terminal.say(`note: ${boundToKey} ${way}`)
  }
  terminal.answer(render(found, format))
}

function render({ value, type, expiresAt, scopes }: AccessToken, format: Format): string {
  switch (format) {
    case 'raw':
      return value
    case 'header':
      return `Authorization: ${type} ${value}`
    case 'json':
      return JSON.stringify({ accessToken: value, tokenType: type, expiresAt, scopes })
  }
}
