import type { IncomingMessage } from 'node:http'
import { z } from 'zod'
import { clientChanges, clockSetting, jwksCache, rateLimits } from '../config/config-schema.js'
import { problemsOfFault } from '../faults/check-fault.js'
import type { FaultSpec } from '../faults/faults.js'
import type { Snapshot } from '../org/snapshot.js'

const MAX_BYTES = 256 * 1024

/** The request bodies of the control panel. */
export const INPUT = {
  fault: z.custom<FaultSpec>().superRefine((fault, context) => {
    for (const problem of problemsOfFault(Object(fault))) context.addIssue({ code: 'custom', message: problem })
  }),
  clock: clockSetting.extend({ advanceMs: z.int().optional() }),
  features: z.strictObject({ apiAccessManagement: z.boolean() }),
  nonce: z.strictObject({ keepPrevious: z.boolean().optional() }),
  outage: z.strictObject({ forMs: z.int().min(1).max(600_000) }),
  client: clientChanges,
  jwksCache,
  limits: rateLimits,
  // It is checked where it is restored.
  snapshot: z.custom<Snapshot>(value => typeof value === 'object' && value !== null),
}

/** An invalid request body. */
export class InputError extends Error {}

/**
 * Reads and validates a body: JSON, or a form of the page.
 *
 * @throws {InputError} whose message names every invalid field
 */
export async function readInput<T>(request: IncomingMessage, schema: z.ZodType<T>, maxBytes = MAX_BYTES): Promise<T> {
  const text = await readText(request, maxBytes)
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
  const result = schema.safeParse(isForm ? fromForm(new URLSearchParams(text)) : fromJson(text))
  if (result.success) return result.data
  throw new InputError(result.error.issues.map(({ path, message }) => [...path, message].join(': ')).join('\n'))
}

async function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length > maxBytes) throw new InputError('The request body is too large.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function fromJson(text: string): unknown {
  try {
    return text.trim() === '' ? {} : JSON.parse(text)
  } catch (cause) {
    throw new InputError('The request body is not valid JSON.', { cause })
  }
}

/** Converts a form to JSON values. `what` contains several fields, and `scopes` is a list. */
function fromForm(form: URLSearchParams): Record<string, unknown> {
  const { what = '', ...fields } = Object.fromEntries(form)
  const entries = Object.entries({ ...fields, ...Object.fromEntries(new URLSearchParams(what)) })
  return Object.fromEntries(
    entries.filter(([, value]) => value !== '').map(([name, value]) => [name, parseField(name, value)]),
  )
}

function parseField(name: string, value: string): unknown {
  if (name === 'scopes') return value.split(/\s+/).filter(scope => scope !== '')
  if (value === 'true' || value === 'false') return value === 'true'
  return /^-?\d+$/.test(value) ? Number(value) : value
}
