import { errorCatalog, isOktaConnectError, type OktaConnectError } from '@connect-okta/core'
import { adviceFor } from './render-advice.js'
import { selectionFlags } from './selection-flags.js'
import { styled, type Terminal } from './terminal.js'

/**
 * Prints an error on stderr, and returns the exit code for it.
 *
 * @param args the command line: the hint has the same flags.
 */
export function renderFailure(error: unknown, terminal: Terminal, args: readonly string[] = []): number {
  if (isOktaConnectError(error)) {
    const advice = adviceFor(error, selectionFlags(args))
    if (terminal.options.json) {
      terminal.error(JSON.stringify({ error: { ...error.toJSON(), hint: advice } }))
    } else {
      const lines = [error.message, advice, ...idsOf(error)].flatMap(text => text.split('\n'))
      terminal.error(styled('red', 'error:'), ` ${lines.join('\n  ')}\n  `, styled('dim', `(${error.code})`))
    }
    const { exitCode } = terminal.io.interruption
    return error.code === 'cancelled' && exitCode !== undefined ? exitCode : errorCatalog[error.code].exitCode
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  terminal.error(`error: Unexpected error. This is a bug in connect-okta. Report it with these lines:\n${message}`)
  return 1
}

// Okta's support asks for them.
function idsOf({ api }: OktaConnectError): readonly string[] {
  const ids = [
    ...(api?.errorId === undefined ? [] : [`error ID ${api.errorId}`]),
    ...(api?.requestId === undefined ? [] : [`request ID ${api.requestId}`]),
  ]
  return ids.length === 0 ? [] : [`For Okta's support: ${ids.join(', ')}`]
}
