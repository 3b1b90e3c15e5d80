import { OktaConnectError } from '@connect-okta/core'
import { hasPlaceholder, unquoted } from '@connect-okta/core/profiles'
import { openStore, type TokenStore } from '@connect-okta/core/stores'
import type { Notify } from '@connect-okta/core/types'
import { requestLessHint } from './api/api-request.js'
import { failureOf } from './failure.js'
import { type MethodDeps, methodsFor } from './methods.js'
import { toClixml } from './protocol/clixml.js'
import { noticeWriter, serve } from './protocol/line-protocol.js'
import { ModuleSigners } from './sessions/module-signers.js'

const maxExitDelayMs = 2_000
const maxClixmlMiB = 64

// By default, Windows starts a program of the current folder in place of one in PATH. The libuv of Node 20 ignores this variable.
if (process.platform === 'win32') process.env.NoDefaultCurrentDirectoryInExePath ??= '1'

// Ctrl+C reaches every process of a terminal. The module cancels the calls that have to end.
process.on('SIGINT', () => {})
// The PowerShell process has ended.
process.stdout.on('error', () => process.exit(0))

// A short JSON text can describe millions of objects, which PowerShell would need hours to read.
function encode(value: unknown): string {
  const clixml = toClixml(value)
  if (clixml.length > maxClixmlMiB * 1024 ** 2) {
    const message = `The response is larger than ${maxClixmlMiB} MiB when it is converted for PowerShell.`
    throw new OktaConnectError('server_failed', message, { hint: requestLessHint })
  }
  return clixml
}

function storeSetting(text = ''): string {
  if (!hasPlaceholder(text)) return unquoted(text) || 'auto'
  throw new OktaConnectError('options_invalid', 'CONNECT_OKTA_STORE contains an unresolved placeholder.', {
    hint: 'Set CONNECT_OKTA_STORE to the actual value.',
  })
}

const channel = { output: process.stdout, encode }
const writeNotice = noticeWriter(channel)
// The module shows a progress bar for a wait. Every other notice is a warning.
const signers = new ModuleSigners()
const notify: Notify = ({ code, message }) => {
  // The module shows it when it has signed.
  if (code === 'signer_waiting' && signers.isWaiting) return
  // Get-OktaAccessToken has a warning of its own.
  if (code === 'short_lived_token') return
  if (code === 'waiting' || code === 'retrying') writeNotice(code, message)
  else writeNotice('warning', message)
}
let opened: TokenStore | undefined
const deps: MethodDeps = {
  // Opened by the first call that uses it, which reports the error if that fails.
  get store() {
    opened ??= openStore(storeSetting(process.env.CONNECT_OKTA_STORE), { notify })
    return opened
  },
  writeNotice,
  notify,
  signers,
}
// No top-level await: a module that is imported later may be in the same chunk, and would wait for it to end.
serve({ ...channel, input: process.stdin, methods: methodsFor(deps), describe: failureOf }).then(() => {
  // A listener or lock may take a moment to close.
  setTimeout(() => process.exit(0), maxExitDelayMs).unref()
})
