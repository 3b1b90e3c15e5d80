import { isRedisAddress } from '@connect-okta/core/stores'
import { createMemoryState } from './memory-state.js'
import type { RedisStateOptions } from './redis-state.js'
import type { SharedState } from './shared-state.js'

/** Opens the shared state that belongs to a token store: in the same Redis, or in memory for a single process. */
export async function openState(
  store: string,
  now: () => number,
  monotonicNow: () => number = now,
  options: RedisStateOptions = {},
): Promise<SharedState> {
  if (!isRedisAddress(store)) return createMemoryState(now, monotonicNow)
  return await (await import('./redis-state.js')).openRedisState(store, options)
}
