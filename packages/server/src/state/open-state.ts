import { createMemoryState } from './memory-state.js'
import type { SharedState } from './shared-state.js'

/** Opens the shared state that belongs to a token store: in the same Redis, or in memory for a single process. */
export async function openState(
  store: string,
  now: () => number,
  monotonicNow: () => number = now,
): Promise<SharedState> {
  if (!/^rediss?:\/\//.test(store)) return createMemoryState(now, monotonicNow)
  return await (await import('./redis-state.js')).openRedisState(store)
}
