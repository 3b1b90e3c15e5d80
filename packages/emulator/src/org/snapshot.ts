import { z } from 'zod'
import { clockSetting } from '../config/config-schema.js'
import type { KeyPair } from '../keys/key-pair.js'
import type { Org } from './org.js'

/**
 * The state of an org at one time, as JSON: users, groups, apps, trusted origins, passkeys, tokens, sessions, the clock and
 * the signing keys. It has secrets. Faults, rate limits and logs are not part of it.
 */
export interface Snapshot {
  readonly version: 1
  readonly orgUrl: string
  readonly state: object
}

/** A snapshot that cannot be restored. */
export class SnapshotError extends Error {}

/** Takes a snapshot of an org. */
export async function takeSnapshot(org: Org): Promise<Snapshot> {
  const servers = org.servers.map(async ({ base, tokens, boundGrants, signingKey }) => [
    base,
    { tokens: tokens.records, boundGrants: [...boundGrants], signingKey: await signingKey() },
  ])
  const state = {
    features: org.features,
    clock: org.clock.setting,
    users: org.directory.all,
    groups: org.groups.all,
    apps: [...org.apps],
    configs: [...org.configs],
    trustedOrigins: [...org.trustedOrigins],
    factors: org.factors.all,
    sessions: org.sessions.records,
    servers: Object.fromEntries(await Promise.all(servers)),
  }
  return { version: 1, orgUrl: org.url.origin, state: JSON.parse(JSON.stringify(encode(state))) }
}

const date = z.strictObject({ $date: z.iso.datetime() })
const user = z.looseObject({
  id: z.string(),
  status: z.string(),
  created: date,
  profile: z.looseObject({ login: z.string() }),
})
const group = z.looseObject({
  id: z.string(),
  type: z.string(),
  profile: z.looseObject({ name: z.string() }),
  members: z.strictObject({ $set: z.array(z.string()) }),
})
const entry = (value: z.ZodType) => z.array(z.tuple([z.string(), value]))
const app = z.looseObject({
  clientId: z.string(),
  kind: z.string(),
  scopes: z.array(z.string()),
  savedKeys: z.array(z.looseObject({})),
})
const records = entry(z.looseObject({ payload: z.looseObject({}) }))
const signingKey = z.looseObject({
  privateJwk: z.looseObject({ kty: z.string() }),
  publicJwk: z.looseObject({ kty: z.string() }),
})
const schema = z.looseObject({
  version: z.literal(1),
  orgUrl: z.string(),
  state: z.looseObject({
    features: z.looseObject({ apiAccessManagement: z.boolean() }),
    clock: clockSetting,
    users: z.array(user),
    groups: z.array(group),
    apps: entry(app),
    configs: entry(z.looseObject({ kind: z.string() })),
    trustedOrigins: entry(z.looseObject({ id: z.string(), origin: z.string() })),
    factors: z.array(z.looseObject({ id: z.string(), userId: z.string() })),
    sessions: records,
    servers: z.record(z.string(), z.looseObject({ tokens: records, boundGrants: entry(z.string()), signingKey })),
  }),
})

/**
 * Restores a snapshot. Tokens and sessions are restored only in an org with the same URL.
 *
 * @throws {SnapshotError} when the value is not a snapshot of this version
 */
export function restoreSnapshot(org: Org, snapshot: unknown): void {
  const result = schema.safeParse(snapshot)
  if (!result.success) {
    const fields = result.error.issues.map(({ path, message }) => `${path.join('.') || '(the snapshot)'}: ${message}`)
    throw new SnapshotError(fields.join('\n'))
  }
  const state = decode(result.data.state) as State
  org.features = state.features
  org.clock.set(state.clock)
  org.directory.replaceAll(state.users)
  org.groups.replaceAll(state.groups)
  const isKnown = org.users.some(({ id }) => org.directory.find(id) !== undefined)
  if (!isKnown) org.apiTokens.rebind(login => org.directory.findByLogin(login))
  replace(org.apps, state.apps)
  replace(org.configs, state.configs)
  replace(org.trustedOrigins, state.trustedOrigins)
  org.factors.replaceAll(state.factors)
  const isSameOrg = result.data.orgUrl === org.url.origin
  org.sessions.replaceAll(isSameOrg ? state.sessions : [])
  for (const server of org.servers) {
    const saved = isSameOrg ? state.servers[server.base] : undefined
    server.tokens.replaceAll(saved?.tokens ?? [])
    replace(server.boundGrants, saved?.boundGrants ?? [])
    if (saved !== undefined) server.useSigningKey(saved.signingKey)
  }
}

interface State {
  readonly features: Org['features']
  readonly clock: Org['clock']['setting']
  readonly users: Org['directory']['all']
  readonly groups: Org['groups']['all']
  readonly apps: Entries<Org['apps']>
  readonly configs: Entries<Org['configs']>
  readonly trustedOrigins: Entries<Org['trustedOrigins']>
  readonly factors: Org['factors']['all']
  readonly sessions: Org['sessions']['records']
  readonly servers: Readonly<
    Record<
      string,
      | {
          readonly tokens: Org['sessions']['records']
          readonly boundGrants: Entries<Map<string, string>>
          readonly signingKey: KeyPair
        }
      | undefined
    >
  >
}

type Entries<M> = M extends Map<infer K, infer V> ? readonly (readonly [K, V])[] : never

function replace<K, V>(map: Map<K, V>, entries: readonly (readonly [K, V])[]): void {
  map.clear()
  for (const [key, value] of entries) map.set(key, value)
}

/** Values that JSON does not have. */
function encode(value: unknown): unknown {
  if (value instanceof Date) return { $date: value.toISOString() }
  if (value instanceof Set) return { $set: [...value].map(encode) }
  if (value === Number.POSITIVE_INFINITY) return { $number: 'Infinity' }
  if (Array.isArray(value)) return value.map(encode)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, encode(member)]))
}

function decode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decode)
  if (typeof value !== 'object' || value === null) return value
  const [[name, member] = []] = Object.entries(value)
  if (name === '$date') return new Date(String(member))
  if (name === '$set' && Array.isArray(member)) return new Set(member.map(decode))
  if (name === '$number') return Number(member)
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, decode(one)]))
}
