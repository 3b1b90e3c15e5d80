import { OktaConnectError } from '@connect-okta/core'
import type { Terminal } from '../output/terminal.js'

/** What a CI job needs in place of a user. */
export const useKey = 'Specify the key of the app with --jwk-file FILE or CONNECT_OKTA_PRIVATE_KEY.'

/** Returns whether this is a CI job, in which no user can sign in. */
export function isJob({ canPrompt, io: { environment } }: Terminal): boolean {
  const { CI = '' } = environment.variables
  return !canPrompt && !/^(|0|false)$/i.test(CI)
}

/** The error of a command without a sign-in: with the hint for a CI job, if it is one. */
export function withHintForJob(error: OktaConnectError, terminal: Terminal): OktaConnectError {
  if (!isJob(terminal)) return error
  const { code, message, cause, oauth } = error
  return new OktaConnectError(code, message, { hint: useKey, cause, ...(oauth && { oauth }) })
}
