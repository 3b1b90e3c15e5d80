import { isOktaConnectError, openStore } from '@connect-okta/core'
import { hints } from './hints.js'
import { type ErrorObject, notifier, serve } from './json-rpc.js'
import { methodsFor, NotConnected } from './methods.js'

const patienceAtTheEndMs = 2_000

// Ctrl+C reaches every process of a terminal. What is to end, the module says.
process.on('SIGINT', () => {})
// Whoever asked is gone.
process.stdout.on('error', () => process.exit(0))

// Node loads what fetch is made of when it is first touched. Until the module has written its request there is time.
setImmediate(() => globalThis.Response)

const notify = notifier(process.stdout)
const store = openStore(process.env.CONNECT_OKTA_STORE || 'auto', notice => notify('notice', notice))
await serve({ input: process.stdin, output: process.stdout, methods: methodsFor({ store, notify }), describe })
// A listener or lock that is being given back may take its time, though not for ever.
setTimeout(() => process.exit(0), patienceAtTheEndMs).unref()

function describe(error: unknown): ErrorObject {
  if (!isOktaConnectError(error)) {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return { code: -32603, message: 'A bug in ConnectOkta.', data: { trace } }
  }
  const { message, ...said } = error.toJSON()
  const hint = hints[error.code] ?? error.hint
  return { code: -32000, message, data: { ...said, hint, isNotConnected: error instanceof NotConnected } }
}
