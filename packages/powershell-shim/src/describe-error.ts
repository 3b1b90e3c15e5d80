import { isOktaConnectError } from '@connect-okta/core'
import { hints } from './hints.js'
import type { ErrorObject } from './json-rpc.js'
import { NotConnected, SignInRequired, UnknownSession } from './session-errors.js'

/** What the module is told of an error. Ours are codes of the catalogue; any other is a bug, and comes with its trace. */
export function describeError(error: unknown): ErrorObject {
  if (error instanceof UnknownSession) return { code: -32001, message: 'Unknown session', data: null }
  if (!isOktaConnectError(error)) {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
    const message = 'A bug in ConnectOkta.'
    return { code: -32603, message, data: { message, trace } }
  }
  const said = error.toJSON()
  const hint = (error instanceof SignInRequired ? undefined : hints[error.code]) ?? error.hint
  const data = { ...said, hint, isNotConnected: error instanceof NotConnected }
  return { code: -32000, message: error.message, data }
}
