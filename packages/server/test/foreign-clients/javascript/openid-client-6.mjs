// openid-client 6: https://github.com/panva/openid-client/blob/v6.x/docs/functions/clientCredentialsGrant.md
import { readFile } from 'node:fs/promises'
import { importPKCS8 } from 'jose'
import * as client from 'openid-client'

const { AUTH_METHOD, BROKER_URL, CLIENT_ID, CLIENT_SECRET, IDENTITY_TOKEN, KEY_FILE, ORG_URL, SCOPE } = process.env
const methods = {
  default: () => undefined,
  client_secret_basic: () => client.ClientSecretBasic(CLIENT_SECRET),
  client_secret_post: () => client.ClientSecretPost(CLIENT_SECRET),
  private_key_jwt: async () =>
    client.PrivateKeyJwt({ key: await importPKCS8(await readFile(KEY_FILE, 'utf8'), 'RS256'), kid: 'signer-1' }),
  identity: () => (_broker, _client, body) => {
    body.set('client_id', CLIENT_ID)
    body.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    body.set('client_assertion', IDENTITY_TOKEN)
  },
}

const authentication = await methods[AUTH_METHOD]()
const broker = await client.discovery(new URL(BROKER_URL), CLIENT_ID, CLIENT_SECRET, authentication, {
  algorithm: 'oauth2',
})
try {
  const { access_token, scope } = await client.clientCredentialsGrant(broker, { scope: SCOPE })
  const users = await client.fetchProtectedResource(broker, access_token, new URL('/api/v1/users', ORG_URL), 'GET')
  console.log(JSON.stringify({ scope, users: (await users.json()).length }))
} catch (error) {
  // The library does not read the body of a response with a challenge, such as 401.
  if (error instanceof client.WWWAuthenticateChallengeError) console.error(await error.response.json())
  throw error
}
