import { PLACE, problemsOfFault } from './check-fault.js'
import type { FaultSpec } from './faults.js'

/** The header with the fault of one request. */
export const FAULT_HEADER = 'okta-emulator-fault'

/**
 * Reads the fault of a request from its header: effects as `name=value`, separated by commas. It applies to this request
 * only. An unknown effect or an invalid value is answered with an error that names it.
 *
 * @example faultOfHeader('status=503, retryAfterSeconds=1') // { status: 503, retryAfterSeconds: 1 }
 */
export function faultOfHeader(header: string): FaultSpec {
  const effects = header.split(',').map(part => {
    const [name = '', ...value] = part.split('=')
    return [name.trim(), parse(value.join('=').trim())] as const
  })
  const fault = Object.fromEntries(effects)
  const place = PLACE.filter(name => name in fault).map(name => `${name}: The header applies to its own request.`)
  const problems = [...problemsOfFault(fault), ...place]
  if (problems.length === 0) return fault
  const error = { error: 'invalid_request', error_description: `${FAULT_HEADER}: ${problems.join('; ')}` }
  return { status: 400, body: JSON.stringify(error), contentType: 'application/json' }
}

function parse(value: string): unknown {
  if (value === 'true' || value === 'false') return value === 'true'
  return /^\d+$/.test(value) ? Number(value) : value
}
