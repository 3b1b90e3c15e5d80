import { errorCatalogue, isOktaConnectError } from '@connect-okta/core'
import { styled, type Terminal } from './terminal.js'

/** Says what went wrong on stderr and returns the exit code for it. */
export function renderFailure(error: unknown, terminal: Terminal): number {
  if (isOktaConnectError(error)) {
    const { code, message, hint } = error
    if (terminal.options.json) terminal.error(JSON.stringify({ error: error.toJSON() }))
    else terminal.error(styled('red', 'error:'), ` ${message}\n  ${hint}\n  `, styled('dim', `(${code})`))
    const { exitCode } = terminal.io.interruption
    return code === 'cancelled' && exitCode !== undefined ? exitCode : errorCatalogue[code].exitCode
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  terminal.error(`error: a bug in connect-okta. Please report it with these lines:\n${message}`)
  return 1
}
