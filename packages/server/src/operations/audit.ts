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
      readonly audit: 'revocation'
      readonly requestId: string
      readonly caller: string
      readonly connection: string
    }
  | {
      readonly audit: 'sign_in' | 'sign_in_refused' | 'sign_out'
      readonly requestId: string
      readonly connection: string
      readonly subject: string | undefined
      readonly userName: string | undefined
    }

/** Writes an audit line. */
export function audit(log: Logger, event: AuditEvent): void {
  log.info(event)
}
