import type { Deps } from '../../deps.js'
import { isOktaConnectError } from '../../errors.js'
import { tokenAt } from '../../stores/token-record.js'
import { minAgeToRejectMs } from './token-cache.js'
import type { SessionToken } from './token-provider.js'

const maxWaitMs = 1_000

/**
 * Marks a stored token that the API rejected as expired. Otherwise the next session would use it again. It changes nothing if another
 * session is just getting a new token, or if the store fails: the caller reports the rejection in any case.
 */
export async function expireToken(recordKey: string, { generation }: SessionToken, deps: Deps): Promise<void> {
  // A session that waits for its user has the lock for minutes.
  const options = { signal: AbortSignal.timeout(maxWaitMs) }
  try {
    await deps.store.exclusive(
      recordKey,
      async slot => {
        const stored = tokenAt(recordKey, await slot.read())
        const now = deps.now()
        const isOld = stored !== undefined && now - stored.obtainedAt >= minAgeToRejectMs
        if (isOld && stored.generation === generation) await slot.write({ ...stored, expiresAt: now })
      },
      options,
    )
  } catch (error) {
    if (!isOktaConnectError(error)) throw error
  }
}
