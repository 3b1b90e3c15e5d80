import { errorCatalogue, isOktaConnectError } from '@connect-okta/core'
import { painted, type Terminal } from './terminal.js'

/** Says what went wrong on stderr and returns the exit code for it. */
export function renderFailure(error: unknown, terminal: Terminal): number {
  if (isOktaConnectError(error)) {
    const { code, message, hint } = error
    if (terminal.manners.json) terminal.complain(JSON.stringify({ error: error.toJSON() }))
    else terminal.complain(painted('red', 'error:'), ` ${message}\n  ${hint}\n  `, painted('dim', `(${code})`))
    const { exitCode } = terminal.interruption
    return code === 'cancelled' && exitCode !== undefined ? exitCode : errorCatalogue[code].exitCode
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  terminal.complain(`error: a bug in connect-okta. Please report it with these lines:\n${message}`)
  return 1
}
