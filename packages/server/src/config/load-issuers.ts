import { decodeText, parseYaml } from '@connect-okta/core/profiles'
import { parseKeys, readKeys } from '../clients/client-keys.js'
import { readKeySet } from '../clients/identity/key-set.js'
import { trustDomainOf } from '../clients/identity/spiffe-id.js'
import type { IssuerConfig } from '../clients/identity/trusted-issuers.js'
import { type ConfigFile, configInvalid, type ParsedConfig } from './config-file.js'
import { readBytes, resolvePath } from './files.js'
import { durationMs } from './format/duration.js'

const defaultAlgorithms = ['RS256', 'ES256']
// https://github.com/spiffe/spiffe/blob/main/standards/JWT-SVID.md §2.1
const svidAlgorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512']

/**
 * Resolves the issuers of a configuration, with the keys that are in files.
 *
 * @throws {@link OktaConnectError} `options_invalid`, also when a client has a SPIFFE ID of an unknown trust domain, or no
 * client uses an issuer.
 */
export async function loadIssuers(config: ParsedConfig): Promise<readonly IssuerConfig[]> {
  const { file, source } = config
  for (const [name, { spiffe = [] }] of Object.entries(file.clients)) {
    const missing = spiffe.map(id => trustDomainOf(id) ?? '').find(domain => !Object.hasOwn(file.trustDomains, domain))
    if (missing === undefined) continue
    throw configInvalid(`${source}.clients.${name}.spiffe: trustDomains has no ${missing}: add it with its bundle.`)
  }
  const clients = Object.values(file.clients)
  const issuers = new Set(clients.flatMap(({ identity = [] }) => identity.map(({ issuer }) => issuer)))
  requireUse('issuers', Object.keys(file.issuers), issuers, config)
  const trustDomains = new Set(clients.flatMap(({ spiffe = [] }) => spiffe.map(id => trustDomainOf(id) ?? '')))
  requireUse('trustDomains', Object.keys(file.trustDomains), trustDomains, config)
  return await Promise.all([
    ...[...issuers].map(name => loadIssuer(name, config)),
    ...Object.keys(file.trustDomains).map(name => loadTrustDomain(name, config)),
  ])
}

// A setting for an issuer that is spelled in another way would have no effect.
function requireUse(
  setting: 'issuers' | 'trustDomains',
  names: readonly string[],
  used: ReadonlySet<string>,
  { source }: ParsedConfig,
): void {
  const unused = names.find(name => !used.has(name))
  if (unused === undefined) return
  const known = used.size === 0 ? '' : ` The clients use ${[...used].join(', ')}.`
  throw configInvalid(`${source}.${setting}.${unused}: no client uses it.${known}`)
}

async function loadIssuer(name: string, { file, source, directory }: ParsedConfig): Promise<IssuerConfig> {
  const { jwks, ...rules } = file.issuers[name] ?? { maxLifetime: '1h', replay: 'allowed' as const }
  const place = `${source}.issuers.${name}.jwks`
  if (jwks === undefined) return { name, isTrustDomain: false, ...tokenRulesOf(rules, defaultAlgorithms) }
  const content = await readKeys(await readBytes(resolvePath(jwks.file, directory), place), jwks.file)
  const keys = parseKeys(signatureKeysIn(content), place)
  return { name, isTrustDomain: false, keys, ...tokenRulesOf(rules, defaultAlgorithms) }
}

// RFC 7517 §4.2: keys for encryption verify nothing.
function signatureKeysIn(content: unknown): unknown {
  const { keys } = (content ?? {}) as { readonly keys?: unknown }
  return Array.isArray(keys) ? { keys: keys.filter(key => key?.use !== 'enc') } : content
}

async function loadTrustDomain(name: string, { file, source, directory }: ParsedConfig): Promise<IssuerConfig> {
  const { bundle, ...rules } = file.trustDomains[name] as ConfigFile['trustDomains'][string]
  const issuer = { name, isTrustDomain: true, ...tokenRulesOf(rules, svidAlgorithms) }
  if (typeof bundle === 'string') return { ...issuer, bundleUrl: bundle }
  const place = `${source}.trustDomains.${name}.bundle`
  const content = await parseYaml(decodeText(await readBytes(resolvePath(bundle.file, directory), place)), bundle.file)
  try {
    return { ...issuer, keys: readKeySet(content, 'spiffe').find }
  } catch (error) {
    throw configInvalid(`${place}: the file ${(error as Error).message}.`, error)
  }
}

function tokenRulesOf(
  { algorithms, maxLifetime, replay }: Omit<ConfigFile['issuers'][string], 'jwks'>,
  defaults: readonly string[],
) {
  return { algorithms: algorithms ?? defaults, maxLifetimeMs: durationMs(maxLifetime), isOnce: replay === 'once' }
}
