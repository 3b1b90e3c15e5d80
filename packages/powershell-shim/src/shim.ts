import { type Notify, openStore, type TokenStore } from '@connect-okta/core'
import { answerTooLarge } from './api-request.js'
import { toClixml } from './clixml.js'
import { describeError } from './describe-error.js'
import { notifier, serve } from './json-rpc.js'
import { methodsFor, type World } from './methods.js'

const patienceAtTheEndMs = 2_000
const patienceAtTheStartMs = 60_000
const maxWrittenMiB = 64

// Ctrl+C reaches every process of a terminal. What is to end, the module says.
process.on('SIGINT', () => {})
// Whoever asked is gone.
process.stdout.on('error', () => process.exit(0))

// The way to the keyring is long. Until the module has written its request there is time.
setImmediate(() => import('@napi-rs/keyring').catch(() => {}))

// The module starts it ahead of the request. A cmdlet that fails before has none, and its runspace may be gone.
setTimeout(() => process.stdin.bytesRead === 0 && process.exit(0), patienceAtTheStartMs).unref()

const channel = { output: process.stdout, encode }
const notify = notifier(channel)
// What a person waits for is shown until it is over. All else is a warning, a text that is read at once.
const tell: Notify = ({ code, message }) => {
  if (code === 'waiting' || code === 'retrying') notify(code, message)
  else notify('warning', message)
}
// A short text of JSON can describe millions of objects, which PowerShell would read for hours.
function encode(value: unknown): string {
  const written = toClixml(value)
  if (written.length > maxWrittenMiB * 1024 ** 2) throw answerTooLarge('Okta, written for PowerShell,', maxWrittenMiB)
  return written
}
let opened: TokenStore | undefined
const world: World = {
  // By who needs it, and is told where that cannot be.
  get store() {
    opened ??= openStore(process.env.CONNECT_OKTA_STORE || 'auto', tell)
    return opened
  },
  notify,
  tell,
}
// Not awaited here: what is loaded late may be bundled with this, and would wait for it to end.
serve({ ...channel, input: process.stdin, methods: methodsFor(world), describe: describeError }).then(() => {
  // A listener or lock that is being given back may take its time, though not for ever.
  setTimeout(() => process.exit(0), patienceAtTheEndMs).unref()
})
