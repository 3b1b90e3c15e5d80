import type { Deps } from '../../deps.js'
import { boundedFetch } from '../../http/bounded-fetch.js'
import { printable } from '../../safe-text.js'
import { type Finding, failure, failureOf, ok, skipped, warning } from '../finding.js'

const requestTimeoutMs = 10_000
const seeLog = 'The reason is in the log of the broker.'

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
  } catch (error) {
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
