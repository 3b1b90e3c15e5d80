import type { Check } from '../exchange.js'
import type { Org } from '../org.js'

const REQUESTS_A_MINUTE = 600
const WINDOW_SECONDS = 60

interface Window {
  startedAt: number
  used: number
}

const windows = new WeakMap<Org, Map<string, Window>>()

/** Tells, on every answer of the API, how much of the minute's allowance is left. Nothing is refused by it. */
export const rateLimitHeaders: Check = ({ org, ctx }) => {
  const { startedAt, used } = count(org, ctx.path)
  ctx.set('X-Rate-Limit-Limit', String(REQUESTS_A_MINUTE))
  ctx.set('X-Rate-Limit-Remaining', String(Math.max(0, REQUESTS_A_MINUTE - used)))
  ctx.set('X-Rate-Limit-Reset', String(startedAt + WINDOW_SECONDS))
}

function count(org: Org, path: string): Window {
  const now = Math.floor(Date.now() / 1000)
  const byPath = windows.get(org) ?? new Map<string, Window>()
  windows.set(org, byPath)
  const known = byPath.get(path)
  const window = known !== undefined && now < known.startedAt + WINDOW_SECONDS ? known : { startedAt: now, used: 0 }
  window.used += 1
  byPath.set(path, window)
  return window
}
