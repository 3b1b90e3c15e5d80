import type { JWTPayload } from 'jose'
import { matchesWildcard } from '../wildcard.js'

/** A claim of an identity token, and the values that it may have. */
export interface ClaimRule {
  /** The names from the outermost claim to the nested one. */
  readonly path: readonly string[]
  /** In each, `*` matches one or more characters other than `/` and `:`. */
  readonly values: readonly string[]
}

/** The identity tokens that authenticate a client: those of an issuer, or of a trust domain, in which every claim matches. */
export interface IdentityRule {
  readonly issuer: string
  readonly claims: readonly ClaimRule[]
}

/** The identity that authenticated a client, for audit lines. */
export interface VerifiedIdentity {
  readonly issuer: string
  readonly subject: string | undefined
  /** The claims of the rule, with the values of the token. */
  readonly claims: Readonly<Record<string, unknown>>
}

/** The first claim of a token that does not match a rule. */
export interface Mismatch {
  readonly claim: string
  readonly expected: readonly string[]
  readonly actual: unknown
}

/** The result of {@link matchClaims}. */
export type ClaimsMatch =
  | { readonly isMatch: true; readonly claims: Readonly<Record<string, unknown>> }
  | { readonly isMatch: false; readonly mismatch: Mismatch | undefined }

/**
 * Compares the claims of a token with rules: one of them must match.
 *
 * @returns the claims that matched; otherwise the mismatch of the rule that came closest, `undefined` without a rule.
 */
export function matchClaims(rules: readonly IdentityRule[], payload: JWTPayload): ClaimsMatch {
  let closest: readonly Mismatch[] | undefined
  for (const { claims } of rules) {
    const compared = claims.map(rule => ({ rule, actual: valueAt(payload, rule.path) }))
    const mismatches = compared
      .filter(({ rule, actual }) => !rule.values.some(pattern => matchesClaim(pattern, actual)))
      .map(({ rule, actual }) => ({ claim: rule.path.join('.'), expected: rule.values, actual }))
    if (mismatches.length === 0) {
      return {
        isMatch: true,
        claims: Object.fromEntries(compared.map(({ rule, actual }) => [rule.path.join('.'), actual])),
      }
    }
    if (closest === undefined || mismatches.length < closest.length) closest = mismatches
  }
  return { isMatch: false, mismatch: closest?.[0] }
}

function valueAt(payload: JWTPayload, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => {
    const isMember = typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    return isMember ? (value as Record<string, unknown>)[name] : undefined
  }, payload)
}

// A list matches if one of its members does.
function matchesClaim(pattern: string, value: unknown): boolean {
  if (Array.isArray(value)) return value.some(one => !Array.isArray(one) && matchesClaim(pattern, one))
  const text = textOf(value)
  if (text === undefined) return false
  // With the separators, so that each of them must be the same.
  const [patterns, texts] = [pattern.split(/([/:])/), text.split(/([/:])/)]
  return patterns.length === texts.length && patterns.every((part, index) => matchesWildcard(part, texts[index] ?? ''))
}

// JSON.parse rounds numbers beyond the safe ones, so that different ids would be equal.
function textOf(value: unknown): string | undefined {
  if (typeof value === 'number') return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? String(value) : undefined
  return typeof value === 'string' || typeof value === 'boolean' ? String(value) : undefined
}
