import { OrgChanged } from '../../oauth/broker/org-changed.js'
import { type TokenRecord, tokenAt } from '../../stores/token-record.js'
import type { TokenStore } from '../../stores/token-store.js'

/**
 * Rejects a token of another org than the one before. A broker decides which org a sign-in belongs to, and requests that are meant for
 * one org must not be sent to another one.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function requireSameOrg(before: TokenRecord | undefined, { login }: TokenRecord): void {
  if (before === undefined || before.login.orgUrl === login.orgUrl) return
  throw new OrgChanged(new URL(before.login.orgUrl), new URL(login.orgUrl))
}

/**
 * As {@link requireSameOrg}, for a connection whose tokens do not leave the broker. A new sign-in removes the token of another org.
 *
 * @throws {@link OktaConnectError} `options_invalid` if the stored token belongs to another org
 */
export async function requireStoredOrg(
  recordKey: string,
  orgUrl: URL,
  { forceLogin, store }: { readonly forceLogin: boolean; readonly store: TokenStore },
): Promise<void> {
  const stored = tokenAt(recordKey, await store.read(recordKey))
  if (stored === undefined || stored.login.orgUrl === orgUrl.origin) return
  if (!forceLogin) throw new OrgChanged(new URL(stored.login.orgUrl), orgUrl)
  await store.exclusive(recordKey, slot => slot.remove())
}
