import { OktaConnectError } from '@connect-okta/core'
import { z } from 'zod'
import { appKeySettings } from './format/app-key.js'
import { connection, texts } from './format/connection.js'
import {
  identityRules,
  identitySettings,
  issuerName,
  issuerSettings,
  spiffeIds,
  trustDomainName,
  trustDomainSettings,
} from './format/identity.js'
import { issuerUrl } from './format/issuer-url.js'
import { listenText } from './format/listen-text.js'
import { managedKeySettings } from './format/managed-key.js'
import { proxies } from './format/proxies.js'
import { requestRules } from './format/request-rules.js'
import { secretDigests } from './format/secret-digest.js'
import { store, storeSettings } from './format/store.js'
import { unknownSettings } from './format/unknown-settings.js'
import { brokenRule, count, describeShorthand, duration, entriesIn, flag, listOf, text, word } from './format/values.js'

const nameRule = 'must consist of letters, digits, dots, hyphens and underscores'
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/
const name = z.string().regex(namePattern, nameRule)
const connectionName = z.string().regex(namePattern, `list the names of the connections: a name ${nameRule}`)
const clientSchema = z
  .strictObject({
    secretSha256: secretDigests
      .optional()
      .describe('The digest that connect-okta-server --new-secret prints. List two while you rotate the secret.'),
    jwks: z
      .preprocess(
        parsedIfJson,
        z.union(
          [
            z.object({ keys: z.array(z.record(z.string(), z.unknown())).min(1) }),
            z.looseObject({ kty: text }),
            z.strictObject({ file: text }),
            text.includes('-----BEGIN '),
          ],
          'must be a JWKS, a JWK, public keys in PEM, or { file: PATH }',
        ),
      )
      .optional()
      .describe('The public keys for private_key_jwt: a JWKS, a JWK or PEM, or { file: PATH } with one of these.'),
    identity: identityRules
      .optional()
      .describe(
        'The identity tokens of a platform that authenticate the client: { issuer, claims }, or a list of these.',
      ),
    spiffe: spiffeIds
      .optional()
      .describe(
        'The SPIFFE IDs that authenticate the client: spiffe://example.org/ns/prod/sa/payroll, or a list of these.',
      ),
    connections: listOf(connectionName).describe('The connections that the client may use.'),
    scopes: texts
      .optional()
      .describe('The scopes that the client may request. Default: all scopes of its connections.'),
    access: listOf(word(['token', 'sign', 'proxy']))
      .default(['token', 'sign', 'proxy'])
      .describe(
        'How the client may use its connections: get tokens, get signed headers for one request, send requests through the proxy. ' +
          'Default: all three.',
      ),
    requests: requestRules
      .optional()
      .describe(
        'The requests that the client may sign or send through the proxy: "GET,POST /api/v1/groups/**". ' +
          '"*" matches one or more characters of a segment, "/**" at the end matches any path below. Default: all.',
      ),
    minValidity: duration.optional().describe('The minimum remaining validity of its tokens: 5m. Default: 1m.'),
    ratePerMinute: count.optional().describe('The maximum number of requests per minute. Default: unlimited.'),
    mayRevoke: flag
      .default(false)
      .describe('Whether a revocation by this client revokes the token at Okta, for all clients. Default: false.'),
  })
  .refine(
    ({ secretSha256, jwks, identity, spiffe }) => [secretSha256, jwks, identity, spiffe].some(one => one !== undefined),
    'must have secretSha256, jwks, identity or spiffe',
  )

/** The schema of the configuration file. */
export const configFileSchema = z.strictObject({
  listen: listenText.default('localhost:8090').describe('HOST:PORT. localhost means both loopback addresses.'),
  issuer: issuerUrl
    .optional()
    .describe('The URL that clients and browsers use: https://broker.example.com. Default: http://localhost:PORT.'),
  store: store
    .prefault('auto')
    .describe('The token store: auto, file, memory, the address of a Redis server, or a map with its settings.'),
  tls: z.strictObject({ certificate: text, key: text }).optional().describe('PEM files, for HTTPS.'),
  behindProxy: proxies
    .optional()
    .describe(
      'The reverse proxies that terminate TLS: their addresses, such as [10.0.0.5], or their number, such as 1. ' +
        'With a number, make sure that only the proxy can reach the port: every peer is trusted.',
    ),
  shutdownDelay: duration
    .default('5s')
    .describe(
      'How long the broker continues to serve requests after SIGTERM, while /readyz reports 503 to the load balancer.',
    ),
  metricsFrom: z
    .preprocess(entriesIn, z.array(text))
    .default(['127.0.0.0/8', '::1'])
    .describe('The addresses or networks that may read /metrics. Default: this machine.'),
  log: z
    .strictObject({
      level: word(['error', 'warn', 'info', 'debug']).default('info').describe('Default: info.'),
      requests: flag.default(false).describe('Whether to log each request. Default: false.'),
    })
    .default({ level: 'info', requests: false }),
  connections: z
    .record(name, connection)
    .refine(all => Object.keys(all).length > 0, 'must have at least one connection')
    .refine(all => !('callback' in all), 'must not name a connection callback: /login/callback is reserved'),
  issuers: z
    .record(issuerName, issuerSettings)
    .default({})
    .describe('Settings of issuers of identity tokens. An issuer that a client uses does not need an entry.'),
  trustDomains: z
    .record(trustDomainName, trustDomainSettings)
    .default({})
    .describe('The SPIFFE trust domains whose JWT-SVIDs are accepted.'),
  clients: z.record(name, clientSchema).default({}),
})

/** The parsed configuration file. */
export type ConfigFile = z.output<typeof configFileSchema>

/** A configuration, and where it is from. */
export interface ParsedConfig {
  readonly file: ConfigFile
  /** The name of the configuration in error messages. */
  readonly source: string
  /** Relative paths are resolved from this folder. */
  readonly directory: string
}

export type ConnectionSettings = ConfigFile['connections'][string]
export type ClientSettings = ConfigFile['clients'][string]

/**
 * Validates the content of a configuration file.
 *
 * @param source the name of the file in error messages. `undefined`: the options of the command line.
 * @throws {@link OktaConnectError} `options_invalid` with the path of each invalid setting, and without its value.
 */
export function parseConfigFile(content: unknown, source: string | undefined): ConfigFile {
  const { success, data, error } = configFileSchema.safeParse(content ?? {}, { error: brokenRule })
  if (success) return data
  const faults = error.issues.map(issue => {
    const rule =
      issue.code === 'unrecognized_keys' ? unknownSettings(issue.keys, settingsAt(issue.path)) : issue.message
    return `${source === undefined ? optionAt(issue.path) : [source, ...issue.path].join('.')}: ${rule}`
  })
  throw configInvalid(faults.join('\n'))
}

function optionAt([name]: readonly PropertyKey[]): string {
  return `--${String(name).replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
}

function settingsAt([place, , ...rest]: readonly PropertyKey[]): readonly string[] {
  if (place === undefined) return Object.keys(configFileSchema.shape)
  if (rest[0] === 'identity') return identitySettings
  if (place === 'connections' && rest[0] === 'key') return rest[1] === 'managed' ? managedKeySettings : appKeySettings
  if (rest.length > 0) return []
  return Object.keys(shapes[String(place)] ?? {})
}

const shapes: Readonly<Record<string, object>> = {
  store: storeSettings.shape,
  connections: connection.shape,
  clients: clientSchema.shape,
  issuers: issuerSettings.shape,
  trustDomains: trustDomainSettings.shape,
}

// A variable that a template filled in.
function parsedIfJson(given: unknown): unknown {
  try {
    return typeof given === 'string' ? JSON.parse(given) : given
  } catch {
    return given
  }
}

/** The error for an invalid configuration. */
export function configInvalid(message: string, cause?: unknown): OktaConnectError {
  return new OktaConnectError('options_invalid', message, {
    hint: 'Correct the configuration. See https://connect-okta.github.io/connect-okta/broker.',
    cause,
  })
}

/**
 * The JSON schema of the file, for editors.
 *
 * @see https://json-schema.org/draft/2020-12
 */
export function configFileJsonSchema(): object {
  return {
    title: 'Configuration of a connect-okta broker',
    ...z.toJSONSchema(configFileSchema, { io: 'input', override: describeShorthand }),
  }
}
