import { isIP } from 'node:net'
import { OktaConnectError } from '@connect-okta/core'
import { z } from 'zod'
import { hasValidWildcards } from '../clients/request-rule.js'
import { durationForm } from './duration.js'

const text = z.string().min(1)
const texts = z.union([text, z.array(text).min(1)]).transform(one => [one].flat())
const name = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'a name has letters, digits, dots, hyphens and underscores')
const reference = z
  .union(
    [z.strictObject({ file: text }), z.strictObject({ keyring: text })],
    'it says where a secret is: { file: PATH }',
  )
  .describe('Where a secret is: { file: PATH }, from the folder of this file, or { keyring: NAME }.')

const connection = z.strictObject({
  profile: text.optional().describe('A profile of this user, whose settings these complete.'),
  tenant: text.optional().describe('The org: example.okta.com, a custom domain, or a full https:// URL.'),
  clientId: text.optional().describe('The id of the app: Applications > your app > General > Client ID.'),
  scopes: texts.optional().describe('What tokens are for. Default: okta.users.manage.'),
  authorizationServer: text.optional().describe("The id of a custom authorization server. Default: the org's own."),
  grant: z.enum(['authorization_code', 'client_credentials', 'api_token']).optional(),
  dpop: z.enum(['auto', 'always', 'never']).optional().describe('Whether tokens are bound to a key. Default: auto.'),
  key: reference.optional().describe('Where the private key of the client is: a JWK, a JWKS or PEM.'),
  keyId: text.optional().describe('The kid of the key, where it does not name its own.'),
  clientSecret: reference.optional().describe('Where the secret of the client is.'),
  apiToken: reference.optional().describe('Where the static API token is.'),
  loginHint: text.optional().describe('The user name to fill in at the sign-in.'),
  signIn: z
    .array(text)
    .min(1)
    .optional()
    .describe('Who may sign in for a connection of a person: user names or ids, or "*" for whom Okta lets in.'),
})

const address = z.string().refine(one => isIP(one) !== 0)
const proxiesInvalid =
  'list the address of each proxy, such as [10.0.0.5], or give the number of proxies; a network is not trusted, ' +
  'since each machine in it could choose the address that it is known by'

const requestRule = /^(\*|[A-Z]+(,[A-Z]+)*) \/\S*$/
const caller = z
  .strictObject({
    secretSha256: z
      .union([text, z.array(text).min(1)])
      .transform(one => [one].flat())
      .pipe(z.array(z.string().regex(/^[0-9a-f]{64}$/, 'it is not the SHA-256 of a secret in 64 hexadecimal digits')))
      .optional()
      .describe('What connect-okta-server --new-secret prints; two, while one takes the place of the other.'),
    jwks: z
      .union([z.object({ keys: z.array(z.record(z.string(), z.unknown())).min(1) }), z.strictObject({ file: text })])
      .optional()
      .describe('The public keys for private_key_jwt: a JWKS, or { file: PATH } of one, or of a JWK.'),
    connections: z.array(name).min(1).describe('What it may use.'),
    scopes: texts.optional().describe('The scopes that it may have of these connections. Default: all of theirs.'),
    ways: z
      .array(z.enum(['token', 'authorization', 'proxy']))
      .min(1)
      .default(['token', 'authorization', 'proxy'])
      .describe('How it may use them: get tokens, headers for one request, or have the broker send it.'),
    requests: z
      .array(
        z
          .string()
          .regex(requestRule, 'a rule reads "GET /api/v1/users/**"')
          .refine(hasValidWildcards, '"**" is only possible as the last segment: "GET /api/v1/users/**"'),
      )
      .min(1)
      .optional()
      .describe(
        'Requests to the org that it may make by authorization and proxy: "GET,POST /api/v1/groups/**". ' +
          '"*" is one character or more within a segment, "/**" at the end is everything below. Default: all.',
      ),
    minValidity: z
      .string()
      .regex(durationForm, 'a duration reads 90s, 5m or 1h')
      .optional()
      .describe('How long its tokens are still good at least: 5m. Default: a minute.'),
    ratePerMinute: z.int().positive().optional().describe('How many requests a minute it may make. Default: any.'),
    mayRevoke: z.boolean().default(false).describe('Whether its revocation ends the token for everybody.'),
  })
  .refine(one => one.secretSha256 !== undefined || one.jwks !== undefined, 'it has neither secretSha256 nor jwks')

/** The file that configures a broker, as people write it. */
export const configFileSchema = z.strictObject({
  listen: z
    .string()
    .regex(/^(\[[0-9a-fA-F:.]+\]|[^\s:[\]]+):\d{1,5}$/, 'an address reads HOST:PORT')
    .default('localhost:8080')
    .describe('HOST:PORT. localhost is both of its addresses.'),
  issuer: z
    .url({ protocol: /^https?$/ })
    .refine(isOrigin, 'it has only a scheme, a host and a port: https://broker.example.com')
    .optional()
    .describe('What callers and browsers call it: https://broker.example.com. Default: http://localhost:PORT.'),
  store: text.default('auto').describe('The token store: auto, file, memory, or a redis:// address.'),
  tls: z.strictObject({ certificate: text, key: text }).optional().describe('PEM files, for HTTPS.'),
  behindProxy: z
    .union([z.int().min(1).max(10), z.array(address).min(1)], proxiesInvalid)
    .optional()
    .describe(
      'The proxies in front, which end TLS: their addresses, such as [10.0.0.5], or how many there are, such as 1. ' +
        'With a number, nothing but the proxy may reach the port: its peer is believed.',
    ),
  shutdownDelay: z
    .string()
    .regex(durationForm, 'a duration reads 90s, 5m or 1h')
    .default('5s')
    .describe('How long it still serves after SIGTERM while /readyz fails, so that a load balancer notices.'),
  metricsFrom: z
    .array(text)
    .default(['127.0.0.0/8', '::1'])
    .describe('Addresses or networks that may read /metrics. Default: this machine.'),
  log: z
    .strictObject({
      level: z.enum(['error', 'warn', 'info', 'debug']).default('info'),
      requests: z.boolean().default(false).describe('Whether to log each request.'),
    })
    .default({ level: 'info', requests: false }),
  connections: z
    .record(name, connection)
    .refine(all => Object.keys(all).length > 0, 'it names no connection')
    .refine(all => !('callback' in all), 'callback is no name for a connection: /login/callback is taken'),
  callers: z.record(name, caller).default({}),
})

/** What {@link configFileSchema} gives. */
export type ConfigFile = z.output<typeof configFileSchema>
export type ConnectionSettings = ConfigFile['connections'][string]
export type CallerSettings = ConfigFile['callers'][string]

/**
 * Checks what was read from a file.
 *
 * @param place the file, for messages.
 * @throws {@link OktaConnectError} `options_invalid` with the place of each fault, and without what stands there.
 */
export function parseConfigFile(content: unknown, place: string): ConfigFile {
  const { success, data, error } = configFileSchema.safeParse(content ?? {})
  if (success) return data
  const faults = error.issues.map(({ path, message }) => `${[place, ...path].join('.')}: ${message}`)
  throw configInvalid(`${faults.join('\n')}`)
}

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return true
  const { href, origin } = new URL(text)
  return href === `${origin}/`
}

/** The error for a configuration that breaks a rule. */
export function configInvalid(message: string, cause?: unknown): OktaConnectError {
  return new OktaConnectError('options_invalid', message, { hint: 'Correct the file: see docs/broker.md.', cause })
}

/**
 * The JSON schema of the file, for editors.
 *
 * @see https://json-schema.org/draft/2020-12
 */
export function configFileJsonSchema(): object {
  return { title: 'Configuration of a connect-okta broker', ...z.toJSONSchema(configFileSchema, { io: 'input' }) }
}
