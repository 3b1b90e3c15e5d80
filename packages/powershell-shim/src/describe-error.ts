import { isOktaConnectError } from '@connect-okta/core'
import { hints } from './hints.js'
import type { Failure } from './line-protocol.js'
import { NotConnected, SignInRequired, UnknownSession } from './session-errors.js'

/** Describes an error for the module. An error without a code of the catalogue is a bug, and includes its stack trace. */
export function describeError(error: unknown): Failure {
  if (error instanceof UnknownSession) return { status: 'unknown-session', content: null }
  if (!isOktaConnectError(error)) {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { status: 'error', content: { message: 'A bug in ConnectOkta.', trace } }
  }
  const hint = (error instanceof SignInRequired ? undefined : hints[error.code]) ?? error.hint
  return { status: 'error', content: { ...error.toJSON(), hint, isNotConnected: error instanceof NotConnected } }
}
