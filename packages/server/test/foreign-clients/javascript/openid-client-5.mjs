// openid-client 5: https://github.com/panva/openid-client/blob/v5.x/docs/README.md
import { createPrivateKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Issuer } from 'openid-client-5'

const { AUTH_METHOD, BROKER_URL, CLIENT_ID, CLIENT_SECRET, KEY_FILE, ORG_URL, SCOPE } = process.env
const keys =
  KEY_FILE === undefined
    ? []
    : [{ ...createPrivateKey(await readFile(KEY_FILE)).export({ format: 'jwk' }), kid: 'signer-1', alg: 'RS256' }]

const broker = await Issuer.discover(BROKER_URL)
const metadata = {
  client_id: CLIENT_ID,
  client_secret: CLIENT_SECRET,
  token_endpoint_auth_method: AUTH_METHOD,
  token_endpoint_auth_signing_alg: KEY_FILE && 'RS256',
}
const client = new broker.Client(metadata, { keys })
const { access_token, scope } = await client.grant({ grant_type: 'client_credentials', scope: SCOPE })
const users = await client.requestResource(`${ORG_URL}/api/v1/users`, access_token)
console.log(JSON.stringify({ scope, users: JSON.parse(users.body).length }))
