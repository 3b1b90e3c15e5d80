import type { Deps } from '../../deps.js'
import { isOktaConnectError } from '../../errors.js'
import { boundedFetch } from '../../http/bounded-fetch.js'
import { printable } from '../../safe-text.js'
import { type Finding, failure, failureOf, ok, skipped, warning } from '../finding.js'

const requestTimeoutMs = 10_000
const seeLog = 'For the reason, see the log of the broker.'

/** Checks which connections of a broker are ready, and the keys that it manages. */
export async function* checkReadiness(
  broker: URL,
  deps: Deps,
  signal: AbortSignal | undefined,
): AsyncGenerator<Finding> {
  try {
    const send = boundedFetch(deps.fetch, { requestTimeoutMs, signal, broker })
    const response = await send(new URL('/readyz', broker).href, {})
    const body = Object(await response.json().catch(() => undefined)) as Record<string, unknown>
    yield readinessFinding(body, response.status)
    yield keysFinding(body, broker, deps.now())
  } catch (error) {
    if (isOktaConnectError(error) && error.code === 'cancelled') throw error
    yield failureOf('readiness', error)
  }
}

function readinessFinding({ status, degraded }: Record<string, unknown>, httpStatus: number): Finding {
  const check = 'readiness'
  const faults = [degraded]
    .flat()
    .filter(fault => typeof fault === 'string')
    .map(printable)
    .join(', ')
  if (status === 'ok') return ok(check, 'All connections of the broker are ready.')
  if (status === 'degraded') return warning(check, `Parts of the broker do not work: ${faults}.`, seeLog)
  if (status === undefined)
    return skipped(check, `The broker does not report whether it is ready (HTTP ${httpStatus}).`)
  return failure(check, `The broker cannot serve requests: ${faults === '' ? printable(status) : faults}.`, seeLog)
}

const dayMs = 24 * 60 * 60_000

// The newest key of each connection whose key the broker manages.
function keysFinding({ keys }: Record<string, unknown>, broker: URL, now: number): Finding {
  const check = 'keys'
  const all = Array.isArray(keys) ? keys.map(key => Object(key) as Record<string, unknown>) : []
  if (all.length === 0) return skipped(check, 'The broker has no managed keys.')
  const described = (key: Record<string, unknown>) => {
    const days = Math.floor((now - Date.parse(String(key.createdAt))) / dayMs)
    const age = Number.isNaN(days) ? '' : `, ${days} ${days === 1 ? 'day' : 'days'} old`
    return `${printable(key.connection)} has the key ${printable(key.kid)}${age}`
  }
  const use = ({ accepted }: Record<string, unknown>) => (accepted === true ? 'which Okta accepts' : 'not used yet')
  const list = all.map(key => `${described(key)}, ${use(key)}`).join('; ')
  const urlOf = ({ connection }: Record<string, unknown>) =>
    new URL(`/connections/${encodeURIComponent(printable(connection))}/jwks.json`, broker).href
  const rejected = all.filter(({ accepted }) => accepted === false)
  if (rejected.length === 0) return ok(check, `${list}.`)
  return warning(
    check,
    `Okta has not accepted the newest key yet: ${rejected.map(described).join('; ')}. The previous key is used.`,
    `Check that the app fetches its keys from ${rejected.map(urlOf).join(', ')}. Okta fetches the keys again later.`,
  )
}
