import type { Account } from '@connect-okta/core/types'
import type { Logger } from 'pino'

/** What is written down of everything that is handed out, and of every sign-in. No secret is in it. */
export type AuditEvent =
  | {
      readonly audit: 'token' | 'authorization' | 'proxy'
      readonly requestId: string
      readonly caller: string
      readonly connection: string
      readonly scope: string
      /** Where the token came from: `memory` and `store` are caches. */
      readonly source: string
      /** For how many seconds the token is still good. */
      readonly expiresIn?: number | undefined
      readonly method?: string
      /** Without the query. */
      readonly path?: string
    }
  | {
      /** `revocation_failed`: the token was not sent to Okta, because it is not known whose it is. */
      readonly audit: 'revocation' | 'revocation_failed'
      readonly requestId: string
      readonly caller: string
      readonly connection?: string
    }
  | {
      readonly audit: 'sign_in' | 'sign_in_refused' | 'sign_out'
      readonly requestId: string
      readonly connection: string
    }

/**
 * Writes an audit line.
 *
 * @param account the user that the token is of, where there is one.
 */
export function audit(log: Logger, event: AuditEvent, account?: Pick<Account, 'sub' | 'login'>): void {
  log.info(account === undefined ? event : { ...event, subject: account.sub, userName: account.login })
}
