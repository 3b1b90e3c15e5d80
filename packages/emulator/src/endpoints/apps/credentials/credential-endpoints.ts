import { superAdmin } from '../../../checks/api/super-admin.js'
import { api, type Endpoint } from '../../table/endpoint.js'
import { activateAppKey, addAppKey, deactivateAppKey, deleteAppKey, listAppKeys, oneAppKey } from './app-keys.js'
import { addGrant, deleteGrant, GRANT_QUERY, listGrants, oneGrant } from './grants.js'
import { activateSecret, addSecret, deactivateSecret, deleteSecret, listSecrets, oneSecret } from './secrets.js'

const read = { scopes: ['okta.apps.read', 'okta.apps.manage'] } as const
const manage = { scopes: ['okta.apps.manage'], checks: [superAdmin] } as const
const readGrants = { scopes: ['okta.appGrants.read', 'okta.appGrants.manage'], query: GRANT_QUERY } as const
const manageGrants = { scopes: ['okta.appGrants.manage'], checks: [superAdmin] } as const
const app = '/api/v1/apps/{appId}'
const keys = `${app}/credentials/jwks`
const key = `${keys}/{keyId}`
const secrets = `${app}/credentials/secrets`
const secret = `${secrets}/{secretId}`
const grants = `${app}/grants`

/** The keys, secrets and granted scopes of apps. */
export const CREDENTIAL_ENDPOINTS: readonly Endpoint[] = [
  api('GET', keys, { ...read, summary: 'Lists the public keys of an app.' }, listAppKeys),
  api('POST', keys, { ...manage, summary: 'Adds a public key.', body: 'json' }, addAppKey),
  api('GET', key, { ...read, summary: 'Returns a public key.' }, oneAppKey),
  api('DELETE', key, { ...manage, summary: 'Deletes an inactive public key.' }, deleteAppKey),
  api('POST', `${key}/lifecycle/activate`, { ...manage, summary: 'Activates a public key.' }, activateAppKey),
  api('POST', `${key}/lifecycle/deactivate`, { ...manage, summary: 'Deactivates a public key.' }, deactivateAppKey),
  api('GET', secrets, { ...read, summary: 'Lists the client secrets of an app.' }, listSecrets),
  api('POST', secrets, { ...manage, summary: 'Adds a client secret.', body: 'json' }, addSecret),
  api('GET', secret, { ...read, summary: 'Returns a client secret.' }, oneSecret),
  api('DELETE', secret, { ...manage, summary: 'Deletes an inactive client secret.' }, deleteSecret),
  api('POST', `${secret}/lifecycle/activate`, { ...manage, summary: 'Activates a client secret.' }, activateSecret),
  api(
    'POST',
    `${secret}/lifecycle/deactivate`,
    { ...manage, summary: 'Deactivates a client secret.' },
    deactivateSecret,
  ),
  api('GET', grants, { ...readGrants, summary: 'Lists the scopes granted to an app.' }, listGrants),
  api('POST', grants, { ...manageGrants, summary: 'Grants a scope.', body: 'json' }, addGrant),
  api('GET', `${grants}/{grantId}`, { ...readGrants, summary: 'Returns a granted scope.' }, oneGrant),
  api('DELETE', `${grants}/{grantId}`, { ...manageGrants, summary: 'Revokes a granted scope.' }, deleteGrant),
]
