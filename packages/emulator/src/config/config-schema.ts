import { z } from 'zod'

const jwk = z
  .looseObject({ kty: z.enum(['RSA', 'EC']) })
  .refine(key => !('d' in key), 'must be a public key, without d')

const client = z.strictObject({
  kind: z.enum(['spa', 'native', 'web', 'service']).describe('The kind of app.'),
  clientId: z
    .string()
    .regex(/^[A-Za-z0-9_-]{20}$/, 'must have 20 letters or digits, as Okta ids have')
    .describe('20 letters or digits. Default: a fresh one.')
    .optional(),
  clientSecret: z.string().min(1).describe('Web apps have one by default.').optional(),
  authentication: z
    .enum(['client_secret', 'private_key_jwt'])
    .describe('How a confidential app proves who it is. Default: a secret for web apps, a key for service apps.')
    .optional(),
  grantTypes: z.array(z.string()).describe('The grant types switched on, of those the kind may use.').optional(),
  adminRole: z
    .boolean()
    .describe('Whether an admin role is assigned; without one the API answers 403. Default: true.')
    .optional(),
  active: z.boolean().describe('Whether the app is active. Default: true.').optional(),
  dpop: z.boolean().describe('Whether the app requires DPoP. Default: false.').optional(),
  redirectUris: z.array(z.url()).min(1).describe('Compared exactly, port included.').optional(),
  jwks: z
    .strictObject({ keys: z.array(jwk).min(1).max(50) })
    .describe('Public keys for private_key_jwt. Default for a service app: a fresh pair.')
    .optional(),
  jwksUri: z
    .url({ protocol: /^https?$/ })
    .describe('Where the public keys are, in the place of jwks.')
    .optional(),
  scopes: z.array(z.string().min(1)).describe('The okta.* scopes granted to the app.').optional(),
  assignedUsers: z.array(z.string()).describe('Logins of the users assigned to the app.').optional(),
  refreshTokens: z
    .enum(['rotating', 'persistent', 'none'])
    .describe('Default: rotating for an SPA, else persistent.')
    .optional(),
  repeatRefreshToken: z
    .boolean()
    .describe('Whether a refresh of a persistent token repeats it in the answer. Default: true.')
    .optional(),
})

const user = z.strictObject({
  login: z.string().min(1).describe('The user name, in the form of an e-mail address.'),
  password: z.string().min(1).describe('Default: a fresh one.').optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  assigned: z
    .boolean()
    .describe('Whether the user is assigned to apps that do not list theirs. Default: true.')
    .optional(),
  adminRole: z.boolean().describe('Whether the user is an admin. Default: true.').optional(),
})

const authorizationServer = z.strictObject({
  id: z
    .string()
    .regex(/^[A-Za-z0-9]+$/)
    .describe('Part of the path: /oauth2/{id}.'),
  audience: z.string().min(1).describe('Default: api://{id}.').optional(),
  scopes: z.array(z.string().min(1)).describe('Its own scopes; none may be okta.*.').optional(),
  defaultScopes: z
    .array(z.string().min(1))
    .describe('What a client credentials request without scope gets. Default: none.')
    .optional(),
  clients: z.array(z.string()).describe('Client ids that its access policy lets through. Default: all.').optional(),
  accessTokenLifetimeSeconds: z.int().min(1).describe('Default: 3600.').optional(),
  refreshTokenIdleSeconds: z.int().min(1).describe('Default: seven days.').optional(),
})

const bucket = z.strictObject({
  limit: z.int().min(0).describe('Requests in a window. Default: as many as come.').optional(),
  windowSeconds: z.int().min(1).describe('Default: 60.').optional(),
  concurrency: z.int().min(0).describe('Requests at the same time. Default: as many as come.').optional(),
  perClient: z.boolean().describe('Whether each client, address and device has its own. Default: false.').optional(),
})

/** How much the org takes. */
export const rateLimits = z.strictObject({
  buckets: z
    .record(z.string().startsWith('/'), bucket)
    .describe('By path, as /api/v1/users/{id} or /api/*.')
    .optional(),
  doubledHeaders: z.boolean().describe('Whether the headers come twice. Default: false.').optional(),
})

/** How the clock differs from the machine's. */
export const clockSetting = z.strictObject({
  offsetMs: z.int().describe('How far it is ahead, in milliseconds. Default: 0.').optional(),
  fixedAt: z.iso.datetime({ offset: true }).describe('The instant at which it stands still.').optional(),
})

/** What of an app can change while the emulator runs. */
export const clientChanges = client.omit({ kind: true, clientId: true }).partial()

/** A configuration file: the options of the emulator, without `tls`. */
export const configSchema = z.strictObject({
  port: z.int().min(0).max(65535).describe('The port on 127.0.0.1. Default: 0, a free one.').optional(),
  orgUrl: z
    .url({ protocol: /^https?$/ })
    .describe('The public origin, when a proxy that ends TLS stands in front.')
    .optional(),
  clients: z.array(client).describe('Default: one app of each kind, and a service app with DPoP.').optional(),
  users: z
    .array(user)
    .describe('Who can sign in. Default: two who are assigned to the apps and one who is not.')
    .optional(),
  people: z.int().min(0).max(10_000).describe('How many more the directory holds. Default: 25.').optional(),
  authorizationServers: z.array(authorizationServer).describe('Custom ones. Default: none.').optional(),
  apiTokens: z
    .array(z.strictObject({ value: z.string().min(1).optional(), login: z.string().optional() }))
    .describe('Static API tokens and whose rights they have. Default: one, of the first user.')
    .optional(),
  rateLimits: rateLimits.describe('Default: told in headers, none enforced.').optional(),
  clock: clockSetting.describe("How the org's clock differs from the machine's. Default: not.").optional(),
  seed: z.string().min(1).describe('Makes ids, keys, tokens and nonces the same at each start.').optional(),
  tokenLifetimeSeconds: z.int().min(1).describe('Life of an access token of the org. Default: 3600.').optional(),
  refreshGraceSeconds: z
    .int()
    .min(0)
    .max(60)
    .describe('How long a rotated refresh token still works. Default: 30.')
    .optional(),
  sendIssuer: z.boolean().describe('Whether authorization responses carry iss (RFC 9207). Default: false.').optional(),
  bindUnaskedProofs: z
    .boolean()
    .describe('Whether a DPoP proof that the app did not have to send binds the token. Default: false.')
    .optional(),
})

/** The JSON schema of a configuration file, for editors. */
export function configJsonSchema(): object {
  return { title: 'Configuration of okta-emulator', ...z.toJSONSchema(configSchema, { io: 'input' }) }
}
