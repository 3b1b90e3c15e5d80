import type { Account } from '@connect-okta/core/types'
import type { Logger } from 'pino'

/** The audit event of each token, signed request, proxied request, revocation and sign-in. It contains no secret. */
export type AuditEvent =
  | {
      readonly audit: 'token' | 'sign' | 'proxy'
      readonly requestId: string
      readonly client: string
      readonly connection: string
      readonly scope: string
      /** The source of the token: `memory` and `store` are caches. */
      readonly source: string
      /** The remaining validity of the token, in seconds. */
      readonly expiresIn?: number | undefined
      readonly method?: string
      /** Without the query. */
      readonly path?: string
    }
  | {
      /** `revocation_failed`: the token was not revoked at Okta, because its connection is not known. */
      readonly audit: 'revocation' | 'revocation_failed'
      readonly requestId: string
      readonly client: string
      readonly connection?: string
    }
  | {
      readonly audit: 'sign_in' | 'sign_in_rejected' | 'sign_out'
      readonly requestId: string
      readonly connection: string
    }

/**
 * Writes an audit line.
 *
 * @param account the user of the token, if it belongs to a user.
 */
export function audit(log: Logger, event: AuditEvent, account?: Pick<Account, 'sub' | 'login'>): void {
  log.info(account === undefined ? event : { ...event, subject: account.sub, userName: account.login })
}
