import { parse } from 'yaml'
import { z } from 'zod'
import type { EmulatorOptions } from './options.js'

const jwk = z
  .looseObject({ kty: z.enum(['RSA', 'EC']) })
  .refine(key => !('d' in key), 'must be a public key, without d')

const client = z.strictObject({
  kind: z.enum(['spa', 'native', 'web', 'service']),
  clientId: z
    .string()
    .regex(/^[A-Za-z0-9_-]{20}$/, 'must have 20 letters or digits, as Okta ids have')
    .optional(),
  clientSecret: z.string().min(1).optional(),
  dpop: z.boolean().optional(),
  redirectUris: z.array(z.url()).min(1).optional(),
  jwks: z.strictObject({ keys: z.array(jwk).min(1).max(50) }).optional(),
  scopes: z.array(z.string().min(1)).optional(),
  assignedUsers: z.array(z.string()).optional(),
  refreshTokens: z.enum(['rotating', 'persistent', 'none']).optional(),
  repeatRefreshToken: z.boolean().optional(),
})

const user = z.strictObject({
  login: z.string().min(1),
  password: z.string().min(1).optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  assigned: z.boolean().optional(),
})

const config = z.strictObject({
  port: z.int().min(0).max(65535).optional(),
  orgUrl: z.url({ protocol: /^https?$/ }).optional(),
  clients: z.array(client).optional(),
  users: z.array(user).optional(),
  people: z.int().min(0).max(10_000).optional(),
  tokenLifetimeSeconds: z.int().min(1).optional(),
  refreshGraceSeconds: z.int().min(0).max(60).optional(),
  sendIssuer: z.boolean().optional(),
  bindUnaskedProofs: z.boolean().optional(),
})

/** A configuration file that cannot be used; the message names every field at fault. */
export class ConfigError extends Error {}

/**
 * Parses a configuration file: the {@link EmulatorOptions} as YAML (or JSON, which is YAML too), without `tls`.
 *
 * @throws {ConfigError}
 */
export function parseConfig(text: string): EmulatorOptions {
  let raw: unknown
  try {
    raw = parse(text)
  } catch (cause) {
    throw new ConfigError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
  const result = config.safeParse(raw ?? {})
  if (result.success) return result.data
  const faults = result.error.issues.map(issue => `${fieldName(issue.path)}: ${issue.message}`)
  throw new ConfigError(faults.join('\n'), { cause: result.error })
}

function fieldName(path: readonly PropertyKey[]): string {
  const name = path.map(step => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('')
  return name.replace(/^\./, '') || '(the file)'
}
