import { superAdmin } from '../../checks/api/super-admin.js'
import { api, type Endpoint } from '../table/endpoint.js'
import { oneApp } from './app.js'
import { activateAppKey, addAppKey, deactivateAppKey, deleteAppKey, listAppKeys, oneAppKey } from './app-keys.js'

const read = { scopes: ['okta.apps.read', 'okta.apps.manage'] } as const
const manageKeys = { scopes: ['okta.apps.manage'], checks: [superAdmin] } as const
const app = '/api/v1/apps/{appId}'
const keys = `${app}/credentials/jwks`
const key = `${keys}/{keyId}`

/** The apps API. */
export const APP_ENDPOINTS: readonly Endpoint[] = [
  api('GET', app, { ...read, summary: 'An app. Its ID is the client ID.' }, oneApp),
  api('GET', keys, { ...read, summary: 'The public keys of an app.' }, listAppKeys),
  api('POST', keys, { ...manageKeys, summary: 'Adds a public key.', body: 'json' }, addAppKey),
  api('GET', key, { ...read, summary: 'A public key.' }, oneAppKey),
  api('DELETE', key, { ...manageKeys, summary: 'Deletes a public key that is inactive.' }, deleteAppKey),
  api('POST', `${key}/lifecycle/activate`, { ...manageKeys, summary: 'Activates a public key.' }, activateAppKey),
  api('POST', `${key}/lifecycle/deactivate`, { ...manageKeys, summary: 'Deactivates a public key.' }, deactivateAppKey),
]
