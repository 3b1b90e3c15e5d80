import { z } from 'zod'
import { emptyRule } from './values.js'

const form = /^(\[[0-9a-fA-F:.]+\]|[^\s:[\]/*]+):(0|[1-9]\d{0,4})$/

/** `HOST:PORT`. */
export const listenText = z
  .string({ error: ({ input }) => brokenRule(input) })
  .regex(form, { error: ({ input }) => brokenRule(input) })
  .refine(text => Number(form.exec(text)?.[2] ?? 0) <= 65_535, 'must have a port up to 65535')

// Without the value, which may be a misplaced secret.
function brokenRule(value: unknown): string {
  if (value === null) return emptyRule
  const text = String(value).trim()
  if (/^https?:\/\//i.test(text)) return 'must be HOST:PORT, without a scheme and a path'
  if (/^:?\d+$/.test(text)) return 'must be HOST:PORT: localhost:8090 for this machine, 0.0.0.0:8090 for every address'
  if (/^\*:/.test(text)) return 'must be HOST:PORT: 0.0.0.0:8090 or [::]:8090 for every address'
  if (/^[0-9a-f]*:[0-9a-f:.]*:\d+$/i.test(text)) return 'must be HOST:PORT: put an IPv6 address in brackets, [::1]:8090'
  if (/^[\w.-]+$/.test(text)) return 'must be HOST:PORT: the port is missing'
  return 'must be HOST:PORT'
}
