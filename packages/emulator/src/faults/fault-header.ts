import { faultEffects } from './fault-schema.js'
import type { FaultSpec } from './faults.js'

/** The header with the fault of one request. */
const FAULT_HEADER = 'okta-emulator-fault'

/**
 * Reads the fault of a request from its header: effects as `name=value`, separated by commas. It applies to this request
 * only. An unknown effect or an invalid value is answered with an error that names it.
 *
 * @example faultOfHeader('status=503, retryAfterSeconds=1') // { status: 503, retryAfterSeconds: 1 }
 */
export function faultOfHeader(header: string): FaultSpec {
  const effects = header.split(',').map(part => {
    const [name = '', ...value] = part.split('=')
    return [name.trim(), parse(value.join('=').trim())]
  })
  const result = faultEffects.safeParse(Object.fromEntries(effects))
  if (result.success) return result.data
  const problems = result.error.issues.map(({ path, message }) => [...path, message].join(': '))
  const error = { error: 'invalid_request', error_description: `${FAULT_HEADER}: ${problems.join('; ')}` }
  return { status: 400, body: JSON.stringify(error), contentType: 'application/json' }
}

function parse(value: string): unknown {
  if (value === 'true' || value === 'false') return value === 'true'
  return /^\d+$/.test(value) ? Number(value) : value
}
