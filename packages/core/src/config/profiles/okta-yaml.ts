import { parseList } from '../parse-list.js'
import { keyIn, selectCredential } from './environment-variables.js'
import { malformed } from './profile-format.js'
import type { Settings, Source } from './settings.js'

/**
 * Returns the settings in `~/.okta/okta.yaml`, which Okta's SDKs read.
 *
 * @param content the parsed content of the file.
 * @param path the path of the file.
 * @throws {@link OktaConnectError} `options_invalid`
 * @see https://github.com/okta/okta-sdk-nodejs#yaml-configuration
 */
export function oktaYaml(content: unknown, path: string): Source {
  const client = mapAt(mapAt(content, 'okta', path), 'client', path)
  const text = (name: string): string | undefined => {
    const value = Object.hasOwn(client, name) ? client[name] : undefined
    if (value === undefined || value === null || value === '') return undefined
    if (typeof value === 'string') return value
    throw malformed(path, `okta.client.${name} is not a text`)
  }
  const [tenant, clientId, keyId, privateKey, token] = [
    'orgUrl',
    'clientId',
    'privateKeyId',
    'privateKey',
    'token',
  ].map(text)
  const scopes = Array.isArray(client.scopes) ? client.scopes.map(String) : parseList(text('scopes') ?? '')
  const values: Settings = {
    ...(tenant !== undefined && { tenant }),
    ...(clientId !== undefined && { clientId }),
    ...(scopes.length > 0 && { scopes }),
    ...(privateKey !== undefined && { key: keyIn(privateKey) }),
    ...(keyId !== undefined && { keyId }),
    ...(token !== undefined && { apiToken: { text: token } }),
  }
  return { kind: 'file', values: selectCredential(text('authorizationMode'), values), nameOf: () => path }
}

function mapAt(value: unknown, name: string, path: string): Record<string, unknown> {
  if (value === null || value === undefined) return {}
  if (typeof value !== 'object' || Array.isArray(value)) throw malformed(path, `${name} is not in a map`)
  const inner = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
  if (inner === null || inner === undefined) return {}
  if (typeof inner === 'object' && !Array.isArray(inner)) return inner as Record<string, unknown>
  throw malformed(path, `${name} is not a map`)
}
