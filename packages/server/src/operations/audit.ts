import type { Account } from '@connect-okta/core/types'
import type { Logger } from 'pino'
import type { AppContext } from '../app-env.js'
import type { VerifiedIdentity } from '../clients/identity/identity-rule.js'

/** Who sent a request. */
export interface Requester {
  readonly requestId: string
  readonly client: string
  /** The identity token that authenticated the client: its issuer, its subject, and the claims that its rule lists. */
  readonly identity?: VerifiedIdentity | undefined
}

/** The requester of an authenticated request. */
export function requesterOf(c: AppContext): Requester {
  return { requestId: c.get('requestId'), client: c.get('client').name, identity: c.get('identity') }
}

/** The audit event of each token, signed request, proxied request, revocation and sign-in. It contains no secret. */
export type AuditEvent =
  | (Requester & {
      readonly audit: 'token' | 'sign' | 'proxy'
      readonly connection: string
      readonly scope: string
      /** The source of the token: `memory` and `store` are caches. */
      readonly source: string
      /** The remaining validity of the token, in seconds. */
      readonly expiresIn?: number | undefined
      readonly method?: string
      /** Without the query. */
      readonly path?: string
    })
  | (Requester & {
      /** `revocation_failed`: the token was not revoked at Okta, because its connection is not known. */
      readonly audit: 'revocation' | 'revocation_failed'
      readonly connection?: string
    })
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
