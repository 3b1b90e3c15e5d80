import { generateKeyPairSync } from 'node:crypto'
import { get, post, remove, type Scenario } from './scenario.js'

const apps = '/api/v1/apps'

/** The body of a request that creates an app. */
export function newApp(label: string, type: string, oauthClient: object, method: string) {
  return {
    name: 'oidc_client',
    label,
    signOnMode: 'OPENID_CONNECT',
    credentials: { oauthClient: { autoKeyRotation: true, token_endpoint_auth_method: method } },
    settings: { oauthClient: { application_type: type, ...oauthClient } },
  }
}

const code = {
  redirect_uris: ['https://example.com/callback'],
  response_types: ['code'],
  grant_types: ['authorization_code'],
}

export const appCreation: Scenario = async ({ compare }) => {
  for (const [type, method] of [
    ['web', 'client_secret_basic'],
    ['native', 'none'],
    ['browser', 'none'],
  ] as const) {
    const app = await compare(`POST ${type} app`, post(apps, newApp(`A ${type} app`, type, code, method)))
    await compare(`${type} app`, get(`${apps}/${app?.id}`))
  }
  const service = {
    response_types: ['token'],
    grant_types: ['client_credentials'],
    jwks: { keys: [publicJwk(2048)] },
  }
  const app = await compare(
    'POST service app',
    post(apps, newApp('A service app', 'service', service, 'private_key_jwt')),
  )
  await compare('service app', get(`${apps}/${app?.id}`))
}

export const appChanges: Scenario = async ({ compare, send }) => {
  const { id } = Object(await send(post(apps, newApp('To delete', 'web', code, 'client_secret_basic'))))
  await compare('DELETE active app', remove(`${apps}/${id}`))
  await compare('deactivate app', post(`${apps}/${id}/lifecycle/deactivate`))
  await compare('activate app', post(`${apps}/${id}/lifecycle/activate`))
  await send(post(`${apps}/${id}/lifecycle/deactivate`))
  await compare('DELETE app', remove(`${apps}/${id}`))
}

export const appLists: Scenario = async ({ compare }) => {
  await compare('GET apps', get(apps))
  await compare('GET apps', get(`${apps}?limit=2`))
  await compare('GET apps with q', get(`${apps}?q=To`))
  await compare('GET apps with filter', get(`${apps}?filter=status%20eq%20%22ACTIVE%22`))
  await compare('GET apps with a wrong cursor', get(`${apps}?after=unknown`))
  await compare('GET apps with a wrong expand', get(`${apps}?expand=user/id,group/id`))
}

export const appKeys: Scenario = async ({ compare, okta }) => {
  const app = `${apps}/${okta.client('service').clientId}`
  await compare('POST app jwks with a short key', post(`${app}/credentials/jwks`, publicJwk(1024)))
  const keys = await compare('GET app keys', get(`${app}/credentials/keys`))
  await compare('GET app key', get(`${app}/credentials/keys/${keys?.[0]?.kid}`))
  await compare('POST app key generate', post(`${app}/credentials/keys/generate?validityYears=2`))
}

export const appSecrets: Scenario = async ({ compare, okta }) => {
  const secrets = `${apps}/${okta.client('web').clientId}/credentials/secrets`
  await compare('GET app secrets', get(secrets))
  const { id } = Object(await compare('POST app secret', post(secrets)))
  await compare('GET app secret', get(`${secrets}/${id}`))
  await compare('deactivate app secret', post(`${secrets}/${id}/lifecycle/deactivate`))
  await compare('activate app secret', post(`${secrets}/${id}/lifecycle/activate`))
  await compare('deactivate app secret', post(`${secrets}/${id}/lifecycle/deactivate`))
  await compare('DELETE app secret', remove(`${secrets}/${id}`))
}

export const appGrants: Scenario = async ({ compare, okta }) => {
  const grants = `${apps}/${okta.client('service').clientId}/grants`
  const grant = { scopeId: 'okta.apps.read', issuer: okta.orgUrl.origin }
  const { id } = Object(await compare('POST app grant', post(grants, grant)))
  await compare('GET app grants', get(grants))
  await compare('GET app grant', get(`${grants}/${id}`))
  await compare('DELETE app grant', remove(`${grants}/${id}`))
}

export const appAssignments: Scenario = async ({ compare, send, okta }) => {
  const app = `${apps}/${okta.client('web').clientId}`
  const id = okta.users[2]?.id
  const credentials = { userName: okta.users[2]?.login }
  await compare('POST app user', post(`${app}/users`, { id, scope: 'USER', credentials }))
  await compare('GET app user', get(`${app}/users/${id}`))
  await compare('GET app users', get(`${app}/users`))
  await compare('DELETE app user', remove(`${app}/users/${id}`))
  const group = Object(await send(post('/api/v1/groups', { profile: { name: 'Assigned' } })))
  await compare('PUT app group', { method: 'PUT', path: `${app}/groups/${group.id}`, body: {} })
  await compare('GET app group', get(`${app}/groups/${group.id}`))
  await compare('GET app groups', get(`${app}/groups`))
  await compare('DELETE app group', remove(`${app}/groups/${group.id}`))
  await compare('GET app tokens', get(`${app}/tokens`))
}

function publicJwk(modulusLength: number) {
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength })
  return { ...publicKey.export({ format: 'jwk' }), kid: `key-${modulusLength}` }
}
