import { createMemoryState } from './memory-state.js'
import type { SharedState } from './shared-state.js'

/** The state that goes with a token store: in the same Redis, or in memory where one machine has all. */
export async function openState(
  store: string,
  now: () => number,
  monotonicNow: () => number = now,
): Promise<SharedState> {
  if (!/^rediss?:\/\//.test(store)) return createMemoryState(now, monotonicNow)
  return await (await import('./redis-state.js')).openRedisState(store)
}
