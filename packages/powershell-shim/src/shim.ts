import { isOktaConnectError, openStore } from '@connect-okta/core'
import { toClixml } from './clixml.js'
import { hints } from './hints.js'
import { type ErrorObject, notifier, serve } from './json-rpc.js'
import { methodsFor, NotConnected } from './methods.js'

const patienceAtTheEndMs = 2_000

// Ctrl+C reaches every process of a terminal. What is to end, the module says.
process.on('SIGINT', () => {})
// Whoever asked is gone.
process.stdout.on('error', () => process.exit(0))

// Node loads what fetch is made of when it is first touched, and the way to the keyring is long. Until the module has
// written its request there is time.
setImmediate(() => {
  void globalThis.Response
  import('@napi-rs/keyring').catch(() => {})
})

const channel = { output: process.stdout, encode: toClixml }
const notify = notifier(channel)
const store = openStore(process.env.CONNECT_OKTA_STORE || 'auto', notice => notify('notice', notice))
// Not awaited here: what is loaded late may be bundled with this, and would wait for it to end.
serve({ ...channel, input: process.stdin, methods: methodsFor({ store, notify }), describe }).then(() => {
  // A listener or lock that is being given back may take its time, though not for ever.
  setTimeout(() => process.exit(0), patienceAtTheEndMs).unref()
})

function describe(error: unknown): ErrorObject {
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
