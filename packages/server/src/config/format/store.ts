import { z } from 'zod'
import { reference, text, withShorthand } from './values.js'

/** The settings of a store. */
export const storeSettings = z.strictObject({
  address: text.describe('auto, file, memory, or the address of a Redis server: rediss://HOST:PORT.'),
  ca: text.optional().describe('The PEM file of the certificate authority of the Redis server.'),
  certificate: text.optional().describe('The PEM file of the client certificate.'),
  key: text.optional().describe('The PEM file of the key of the client certificate.'),
  username: text.optional().describe('The Redis user (ACL). Default: the one in the address.'),
  password: reference.optional().describe('The password of the user: { file: PATH } or { keyring: NAME }.'),
  sentinelPassword: reference.optional().describe('The password of the Sentinels.'),
  maxmemoryPolicy: z
    .literal('noeviction', 'must be noeviction: set this policy in Redis first')
    .optional()
    .describe('Confirms the policy of a Redis server that hides it from CONFIG and INFO.'),
})
const settings = storeSettings.superRefine((given, context) => {
  for (const [setting, message] of mistakesIn(given)) {
    context.addIssue({ code: 'custom', path: [setting], message })
  }
})

type StoreSettings = {
  readonly [name in 'address' | 'ca' | 'certificate' | 'key' | 'username']?: string | undefined
} & { readonly [name in 'password' | 'sentinelPassword' | 'maxmemoryPolicy']?: unknown }

const tlsSettings = ['ca', 'certificate', 'key'] as const
const redisSettings = [...tlsSettings, 'username', 'password', 'sentinelPassword', 'maxmemoryPolicy'] as const

function* mistakesIn(given: StoreSettings): Generator<readonly [setting: string, message: string]> {
  const { address = '' } = given
  const scheme = /^[a-z+-]+(?=:\/\/)/i.exec(address)?.[0].toLowerCase()
  const name = scheme === undefined ? address : `${scheme}://`
  const useless = scheme === undefined ? redisSettings : scheme.startsWith('rediss') ? [] : tlsSettings
  for (const setting of useless) {
    if (given[setting] === undefined) continue
    yield [
      setting,
      `has no effect on ${/^(auto|file|memory)$|:\/\/$/i.test(name) ? name : 'this store'}${scheme === undefined ? '' : ': use the address for TLS'}`,
    ]
  }
  if ((given.certificate === undefined) !== (given.key === undefined)) {
    yield [given.key === undefined ? 'key' : 'certificate', 'is missing: a client certificate needs both']
  }
  // Not parsed as a URL: the address of a cluster has several hosts.
  if (given.password !== undefined && /:\/\/[^/@]*:[^/@]+@/.test(address)) {
    yield ['password', 'is also in the address: remove one of the two']
  }
  if (given.sentinelPassword !== undefined && scheme !== undefined && !scheme.endsWith('-sentinel')) {
    yield ['sentinelPassword', `has no effect on ${name}`]
  }
}

/** The token store: a map with its settings, or only its name or address. */
export const store = withShorthand(settings, 'address')
