// openid-client 5: https://github.com/panva/openid-client/blob/v5.x/docs/README.md
import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Issuer } from 'openid-client-5'

const { AUTH_METHOD, BROKER_URL, CLIENT_ID, CLIENT_SECRET, IDENTITY_TOKEN, KEY_FILE, ORG_URL, SCOPE } = process.env
const methods = {
  default: () => [{ client_secret: CLIENT_SECRET }],
  client_secret_post: () => [{ client_secret: CLIENT_SECRET, token_endpoint_auth_method: 'client_secret_post' }],
  private_key_jwt: async () => {
    const jwk = createPrivateKey(await readFile(KEY_FILE)).export({ format: 'jwk' })
    const keys = [{ ...jwk, kid: 'signer-1', alg: 'RS256' }]
    return [{ token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'RS256' }, { keys }]
  },
  // The library sends the client ID only; the assertion is a parameter of the request.
  identity: () => [{ token_endpoint_auth_method: 'none' }],
}
const assertion = IDENTITY_TOKEN && {
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: IDENTITY_TOKEN,
}

const broker = await Issuer.discover(BROKER_URL)
const [metadata, jwks] = await methods[AUTH_METHOD]()
const client = new broker.Client({ client_id: CLIENT_ID, ...metadata }, jwks)
const { access_token, scope } = await client.grant({ grant_type: 'client_credentials', scope: SCOPE, ...assertion })
const users = await client.requestResource(`${ORG_URL}/api/v1/users`, access_token)
console.log(JSON.stringify({ scope, users: JSON.parse(users.body).length }))
