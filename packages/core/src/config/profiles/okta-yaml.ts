import { unquoted } from '../../unquoted.js'
import { parseList } from '../parse-list.js'
import { keyIn, selectCredential } from './environment-variables.js'
import { malformed } from './malformed.js'
import type { Settings, Source } from './settings.js'

/**
 * Returns the settings in `~/.okta/okta.yaml`, which Okta's SDKs read: with names in upper or lower case, and `oktaDomain` for `orgUrl`.
 *
 * @param content the parsed content of the file.
 * @param path the path of the file.
 * @throws {@link OktaConnectError} `options_invalid`
 * @see https://github.com/okta/okta-sdk-nodejs#yaml-configuration
 */
export async function oktaYaml(content: unknown, path: string): Promise<Source> {
  const client = mapAt(mapAt(content, 'okta', path), 'client', path)
  const value = (name: string): unknown => {
    const key = Object.keys(client).find(one => one.toLowerCase() === name)
    return key === undefined ? undefined : client[key]
  }
  const text = (name: string): string | undefined => {
    const found = value(name)
    if (found === undefined || found === null || found === '') return undefined
    if (typeof found === 'string' || typeof found === 'number') return unquoted(String(found))
    throw malformed(path, `okta.client.${name} is not a string`)
  }
  const key = value('privatekey')
  const [tenant, clientId, keyId, token] = [
    text('orgurl') ?? text('oktadomain'),
    text('clientid'),
    text('privatekeyid'),
    text('token'),
  ]
  // Okta's .NET SDK accepts a JWK as a map.
  const privateKey = typeof key === 'object' && key !== null ? JSON.stringify(key) : text('privatekey')
  const listed = value('scopes')
  const scopes = Array.isArray(listed) ? listed.map(String) : parseList(text('scopes') ?? '')
  const values: Settings = {
    ...(tenant !== undefined && { tenant }),
    ...(clientId !== undefined && { clientId }),
    ...(scopes.length > 0 && { scopes }),
    ...(privateKey !== undefined && { key: await keyIn(privateKey) }),
    ...(keyId !== undefined && { keyId }),
    ...(token !== undefined && { apiToken: { text: token } }),
  }
  return { kind: 'file', values: selectCredential(text('authorizationmode'), values), nameOf: () => path }
}

function mapAt(value: unknown, name: string, path: string): Record<string, unknown> {
  if (value === null || value === undefined) return {}
  if (typeof value !== 'object' || Array.isArray(value)) throw malformed(path, `${name} is not in a map`)
  const inner = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
  if (inner === null || inner === undefined) return {}
  if (typeof inner === 'object' && !Array.isArray(inner)) return inner as Record<string, unknown>
  throw malformed(path, `${name} is not a map`)
}
