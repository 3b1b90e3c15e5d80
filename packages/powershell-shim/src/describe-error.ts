import { isOktaConnectError } from '@connect-okta/core'
import { hints } from './hints.js'
import type { ErrorObject } from './json-rpc.js'
import { NotConnected } from './methods.js'

/** What the module is told of an error. Ours are codes of the catalogue; any other is a bug, and comes with its trace. */
export function describeError(error: unknown): ErrorObject {
  if (!isOktaConnectError(error)) {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
    const message = 'A bug in ConnectOkta.'
    return { code: -32603, message, data: { message, trace } }
  }
  const said = error.toJSON()
  const hint = hints[error.code] ?? error.hint
  return {
    code: -32000,
    message: error.message,
    data: { ...said, hint, isNotConnected: error instanceof NotConnected },
  }
}
