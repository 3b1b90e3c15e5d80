import { z } from 'zod'
import { isJwksUri, JWKS_URI_RULE } from '../keys/jwks-uri.js'
import { type PublicKeys, toJwks } from '../keys/public-keys.js'

const USER_STATUSES = [
  'STAGED',
  'PROVISIONED',
  'ACTIVE',
  'RECOVERY',
  'PASSWORD_EXPIRED',
  'LOCKED_OUT',
  'SUSPENDED',
  'DEPROVISIONED',
] as const

const id = z
  .string()
  .regex(/^[A-Za-z0-9_-]{20}$/, 'must be 20 letters or digits, like an Okta ID')
  .describe('20 letters or digits. Default: generated.')
  .optional()

const jwk = z
  .looseObject({ kty: z.enum(['RSA', 'EC']) })
  .refine(key => !('d' in key), 'must be a public key, without d')

function publicKeys(value: unknown, context: z.core.$RefinementCtx): unknown {
  if (typeof value !== 'string' && (typeof value !== 'object' || value === null)) return value
  try {
    return toJwks(value as PublicKeys)
  } catch (error) {
    context.issues.push({ code: 'custom', input: undefined, message: (error as Error).message })
    return z.NEVER
  }
}

const client = z.strictObject({
  kind: z.enum(['spa', 'native', 'web', 'service']).describe('The kind of app.'),
  label: z.string().min(1).describe('The name of the app.').optional(),
  clientId: id,
  clientSecret: z.string().min(1).describe('The client secret. Default for a web app: generated.').optional(),
  authentication: z
    .enum(['client_secret', 'private_key_jwt'])
    .describe(
      'How a confidential app authenticates. Default: client_secret for web apps, private_key_jwt for service apps.',
    )
    .optional(),
  grantTypes: z
    .array(z.string())
    .describe('The enabled grant types, of those that the kind of app supports.')
    .optional(),
  adminRole: z
    .boolean()
    .describe('Whether an admin role is assigned to the app. Without one the API responds with 403. Default: true.')
    .optional(),
  accessPolicy: z
    .boolean()
    .describe('Whether the access policies of custom authorization servers allow the app. Default: true.')
    .optional(),
  active: z.boolean().describe('Whether the app is active. Default: true.').optional(),
  dpop: z.boolean().describe('Whether the app requires DPoP. Default: false.').optional(),
  redirectUris: z
    .array(z.url())
    .min(1)
    .describe('The redirect URIs. They must match exactly, including the port.')
    .optional(),
  jwks: z
    .preprocess(publicKeys, z.strictObject({ keys: z.array(jwk).max(50) }))
    .describe(
      'Public keys for private_key_jwt: a JWKS, a JWK, or a public key or certificate in PEM format. Default for a service app: a generated key pair.',
    )
    .optional(),
  jwksUri: z
    .url()
    .refine(isJwksUri, JWKS_URI_RULE)
    .describe('The URL of the public keys, as an alternative to jwks: https, or http on this machine.')
    .optional(),
  scopes: z.array(z.string().min(1)).describe('The okta.* scopes granted to the app.').optional(),
  assignedUsers: z.array(z.string()).describe('Logins of the users assigned to the app.').optional(),
  postLogoutRedirectUris: z
    .array(z.url())
    .describe('URIs to which /logout can return. Default: the origin of the first redirect URI.')
    .optional(),
  refreshTokens: z
    .enum(['rotating', 'persistent', 'none'])
    .describe('Default: rotating for an SPA, otherwise persistent.')
    .optional(),
  repeatRefreshToken: z
    .boolean()
    .describe('Whether the response to a refresh repeats a persistent refresh token. Default: true.')
    .optional(),
})

const user = z.strictObject({
  login: z.string().min(1).describe('The username, in the format of an email address.'),
  id,
  password: z.string().min(1).describe('Default: generated.').optional(),
  status: z.enum(USER_STATUSES).describe('Default: ACTIVE.').optional(),
  profile: z.record(z.string(), z.unknown()).describe('Other attributes, for example department.').optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  assigned: z
    .boolean()
    .describe('Whether the user is assigned to the apps without assignedUsers. Default: true.')
    .optional(),
  adminRole: z.boolean().describe('Whether the user is an admin. Default: true.').optional(),
})

const group = z.strictObject({
  name: z.string().min(1),
  id,
  description: z.string().optional(),
  type: z.enum(['OKTA_GROUP', 'BUILT_IN', 'APP_GROUP']).describe('Default: OKTA_GROUP.').optional(),
  members: z.array(z.string()).describe('The logins of its users. Default: none.').optional(),
})

const authorizationServer = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9]+$/)
    .describe('The ID in the path: /oauth2/{id}.'),
  audience: z.string().min(1).describe('Default: api://{id}.').optional(),
  scopes: z
    .array(z.string().min(1))
    .describe('The custom scopes. Scopes that start with okta. are not allowed.')
    .optional(),
  defaultScopes: z
    .array(z.string().min(1))
    .describe('The scopes of a client credentials request without scope. Default: none.')
    .optional(),
  clients: z.array(z.string()).describe('IDs of the clients that the access policy allows. Default: all.').optional(),
  accessTokenLifetimeSeconds: z.int().min(1).describe('Default: 3600.').optional(),
  refreshTokenIdleSeconds: z.int().min(1).describe('Default: seven days.').optional(),
})

const bucket = z.strictObject({
  limit: z.int().min(0).describe('Maximum number of requests in a window. Default: unlimited.').optional(),
  windowSeconds: z.int().min(1).describe('Length of the window. Default: 60.').optional(),
  concurrency: z.int().min(0).describe('Maximum number of concurrent requests. Default: unlimited.').optional(),
  perClient: z
    .boolean()
    .describe('Whether each client, IP address and device has its own bucket. Default: false.')
    .optional(),
})

/** The rate limits of an org. */
export const rateLimits = z.strictObject({
  buckets: z
    .record(z.string().startsWith('/'), bucket)
    .describe('Rate limits by path, for example /api/v1/users/{id} or /api/*.')
    .optional(),
  doubledHeaders: z.boolean().describe('Whether each header is sent twice. Default: false.').optional(),
})

/** The cache of keys that are at a `jwksUri`. */
export const jwksCache = z.strictObject({
  maxAgeSeconds: z.int().min(0).describe('How long a key set is cached. Default: 43200, which is 12 hours.').optional(),
  refreshOnUnknownKid: z
    .boolean()
    .describe('Whether an assertion with an unknown kid refreshes the cached key set. Default: false.')
    .optional(),
})

/** The clock of an org. */
export const clockSetting = z.strictObject({
  offsetMs: z.int().describe('Offset from the system clock, in milliseconds. Default: 0.').optional(),
  fixedAt: z.iso.datetime({ offset: true }).describe('Stops the clock at this time.').optional(),
})

/** The settings of an app that can change while the emulator runs. */
export const clientChanges = client.omit({ kind: true, clientId: true }).partial()

function isOrigin(url: string): boolean {
  return URL.canParse(url) && new URL(url).origin === url
}

/** A configuration file: the options of the emulator without `tls`. */
export const configSchema = z.strictObject({
  port: z.int().min(0).max(65535).describe('The port on 127.0.0.1. Default: 0, a free port.').optional(),
  orgUrl: z
    .url({ protocol: /^https?$/ })
    .describe('The public origin, when a TLS-terminating proxy forwards to the emulator.')
    .optional(),
  clients: z
    .array(client)
    .describe('The apps. Default: one app of each kind, and a service app that requires DPoP.')
    .optional(),
  users: z
    .array(user)
    .describe('The users with a password. Default: two that are assigned to the apps and one that is not.')
    .optional(),
  groups: z.array(group).describe('The groups. Default: none, apart from Everyone.').optional(),
  customAttributes: z
    .array(z.string().regex(/^[A-Za-z_]\w*$/))
    .describe('The custom attributes of user profiles, in addition to those that users have.')
    .optional(),
  people: z
    .int()
    .min(0)
    .max(100_000)
    .describe('Number of additional users in the directory, who cannot sign in. Default: 25.')
    .optional(),
  authorizationServers: z
    .array(authorizationServer)
    .describe('Custom authorization servers. Default: none.')
    .optional(),
  apiAccessManagement: z
    .boolean()
    .describe('Whether the org has API Access Management, which custom authorization servers require. Default: true.')
    .optional(),
  apiTokens: z
    .array(z.strictObject({ value: z.string().min(1).optional(), login: z.string().optional() }))
    .describe('Static API tokens and the users they belong to. Default: one token of the first user.')
    .optional(),
  rateLimits: rateLimits.describe('Rate limits. Default: headers are sent and no limit is enforced.').optional(),
  trustedOrigins: z
    .array(z.url().refine(isOrigin, 'must be an origin, such as http://localhost:3000'))
    .describe('Origins whose pages can call the org (CORS), in addition to those of single-page apps. Default: none.')
    .optional(),
  jwksCache: jwksCache.describe('The cache of keys that are at a jwksUri. Okta does not document it.').optional(),
  clock: clockSetting.describe('The clock of the org. Default: the system clock.').optional(),
  seed: z.string().min(1).describe('Makes IDs, keys, tokens and nonces the same at each start.').optional(),
  tokenLifetimeSeconds: z
    .int()
    .min(1)
    .describe('Lifetime of an access token of the org authorization server. Default: 3600.')
    .optional(),
  refreshGraceSeconds: z
    .int()
    .min(0)
    .max(60)
    .describe('Grace period in which a rotated refresh token still works. Default: 30.')
    .optional(),
  sendIssuer: z
    .boolean()
    .describe('Whether authorization responses include iss (RFC 9207). Default: false.')
    .optional(),
  bindOptionalProofs: z
    .boolean()
    .describe('Whether a DPoP proof binds the token of an app that does not require DPoP. Default: false.')
    .optional(),
})

/** The JSON schema of a configuration file, for editors. */
export function configJsonSchema(): object {
  return {
    title: 'Configuration of okta-emulator',
    ...z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }),
  }
}
