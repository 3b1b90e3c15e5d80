import { hasPlaceholder } from '@connect-okta/core/profiles'
import { z } from 'zod'
import type { ClaimRule } from '../../clients/identity/identity-rule.js'
import { trustDomainOf } from '../../clients/identity/spiffe-id.js'
import { isLoopbackHost } from '../../http/loopback-host.js'
import { durationMs } from './duration.js'
import { duration, oneOrMore, placeholderRule, text, word } from './values.js'

const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const
// A broker verifies these itself, or they differ in each token.
const reserved = new Set(['iss', 'aud', 'exp', 'nbf', 'iat', 'jti'])

const issuerRule =
  'must be the iss of the tokens: an https URL such as https://token.actions.githubusercontent.com, without a query'

/** The URL of an issuer, exactly as the tokens have it. */
export const issuerName = z.string().refine(isIssuer, issuerRule)

function isIssuer(given: string): boolean {
  if (!URL.canParse(given) || hasPlaceholder(given)) return false
  const { protocol, hostname, href, search, hash, username, password } = new URL(given)
  const isSafe = protocol === 'https:' || (protocol === 'http:' && isLoopbackHost(hostname))
  return isSafe && search + hash + username + password === '' && (href === given || href === `${given}/`)
}

const bundleUrl = z
  .string()
  .refine(
    given =>
      URL.canParse(given) && !hasPlaceholder(given) && isIssuer(new URL(given).origin) && !/\/\/[^/]*@/.test(given),
    'must be { file: PATH }, or the https URL of the bundle, without a username',
  )

const tokenRules = {
  algorithms: z
    .preprocess(
      given => (typeof given === 'string' ? [given] : given),
      z.array(z.enum(algorithms, `must be one of ${algorithms.join(', ')}`)).min(1),
    )
    .optional(),
  maxLifetime: duration
    .refine(given => durationMs(given) > 0, 'must be longer than 0s')
    .default('1h')
    .describe('The maximum time between iat and exp of a token: 15m. Default: 1h.'),
  replay: word(['once', 'allowed'])
    .default('allowed')
    .describe('Whether a token is accepted once, by its jti, or until it expires. Default: allowed.'),
}

/** The settings of an issuer. */
export const issuerSettings = z.strictObject({
  jwks: z
    .strictObject({ file: text }, 'must be { file: PATH }, with the keys of the issuer')
    .optional()
    .describe(
      'The keys of the issuer in a file, for one that the broker cannot reach. Default: from its discovery document.',
    ),
  ...tokenRules,
})

/** The settings of a SPIFFE trust domain. */
export const trustDomainSettings = z.strictObject({
  bundle: z
    .union(
      [z.strictObject({ file: text }), bundleUrl],
      'must be { file: PATH }, or the https URL of the bundle, without a username',
    )
    .describe('The SPIFFE bundle of the trust domain: { file: PATH }, or its https URL.'),
  ...tokenRules,
})

/** The name of a SPIFFE trust domain. */
export const trustDomainName = z
  .string()
  .regex(/^[a-z0-9._-]{1,255}$/, 'must be the name of a trust domain in lower case: example.org')

/** SPIFFE IDs. */
export const spiffeIds = oneOrMore(
  z
    .string('must be a SPIFFE ID: spiffe://example.org/ns/prod/sa/payroll')
    .refine(
      id => trustDomainOf(id) !== undefined && !hasPlaceholder(id) && !id.includes('**'),
      'must be a SPIFFE ID with a path: spiffe://example.org/ns/prod/sa/payroll',
    ),
)

const identityRule = z.strictObject(
  {
    issuer: issuerName.describe('The iss of the tokens.'),
    claims: z
      .preprocess(
        requireOwnNames,
        z.record(z.string(), z.unknown(), {
          error: ({ input }) => (input === undefined ? 'is missing' : 'must be a map of claims and their values'),
        }),
      )
      .transform(claimRules)
      .describe(
        'The claims that a token must have, and their values: a string, or a list of which one must match. "*" matches one or more ' +
          'characters other than "/" and ":". Claims can be nested.',
      ),
  },
  { error: issue => (issue.code === 'invalid_type' ? 'must have an issuer and claims' : undefined) },
)

/** The identity tokens of a client: one rule, or several of which one must match. */
export const identityRules = oneOrMore(identityRule)

/** The settings of a rule. */
export const identitySettings = Object.keys(identityRule.shape)

// A record drops this name, so that the rule would accept more tokens than it says.
function requireOwnNames(given: unknown, context: z.core.$RefinementCtx): unknown {
  if (typeof given === 'object' && given !== null && Object.hasOwn(given, '__proto__')) {
    context.addIssue({ code: 'custom', message: 'is not the name of a claim', path: ['__proto__'] })
  }
  return given
}

function claimRules(given: Record<string, unknown>, context: z.core.$RefinementCtx): readonly ClaimRule[] {
  const fail = (message: string, path: readonly string[] = []) =>
    context.addIssue({ code: 'custom', message, path: [...path] })
  const rules = [...rulesIn(given, [], fail)]
  const verified = Object.keys(given).find(name => reserved.has(name))
  if (verified !== undefined) fail('the broker verifies this claim itself: remove it', [verified])
  if (context.issues.length > 0) return rules
  if (rules.length === 0) fail('must have at least one claim')
  else if (!rules.some(({ values }) => values.every(value => /[^*/:]/.test(value)))) {
    fail('every token of the issuer would match: set the value of at least one claim')
  }
  return rules
}

function* rulesIn(
  claims: object,
  path: readonly string[],
  fail: (message: string, path: readonly string[]) => void,
): Generator<ClaimRule> {
  for (const [name, value] of Object.entries(claims)) {
    const here = [...path, name]
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      if (Object.keys(value).length === 0) fail('is empty', here)
      else yield* rulesIn(value, here, fail)
      continue
    }
    const values = [value].flat()
    const message = values.length === 0 ? 'is empty' : values.map(brokenValueRule).find(rule => rule !== undefined)
    if (message === undefined) yield { path: here, values: values.map(String) }
    else fail(message, here)
  }
}

function brokenValueRule(value: unknown): string | undefined {
  if (value === null) return 'is empty: set it, or remove it'
  if (typeof value === 'boolean') return undefined
  // YAML reads a longer id as another number.
  if (typeof value === 'number') return Number.isSafeInteger(value) ? undefined : 'is not a whole number: use quotes'
  if (typeof value !== 'string') return 'must be a string, a list of strings, or a map of nested claims'
  if (value === '') return 'is empty: set it, or remove it'
  if (hasPlaceholder(value)) return placeholderRule
  return value.includes('**')
    ? '"**" is not supported: "*" matches one or more characters other than "/" and ":"'
    : undefined
}
