import { hasPlaceholder } from '@connect-okta/core/profiles'
import { z } from 'zod'
import { emptyRule, placeholderRule } from './values.js'

/** The issuer: a URL with only a scheme, a host and a port, in the form that clients compare (RFC 8414 §3.3). */
export const issuerUrl = z
  .url({ protocol: /^https?$/, error: ({ input }) => brokenRule(input) })
  .refine(isOrigin, { error: ({ input }) => brokenRule(input) })
  .transform(text => new URL(text).origin)

function isOrigin(text: string): boolean {
  // Reported by the rule before this one.
  if (!/^\s*https?:/i.test(text) || !URL.canParse(text)) return true
  const { href, origin } = new URL(text)
  return href === `${origin}/` && !hasPlaceholder(text)
}

// Of the value, only the origin of a URL is repeated: anything else may be a misplaced secret.
function brokenRule(value: unknown): string {
  if (value === null) return emptyRule
  if (hasPlaceholder(String(value))) return placeholderRule
  const rule = 'must have only a scheme, a host and a port'
  const text = String(value).trim()
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return `${rule}: https://broker.example.com`
  return `${rule}: use ${new URL(text).origin}, and configure your proxy to forward all paths of that host`
}
