// @badgateway/oauth2-client: https://github.com/badgateway/oauth2-client
import { OAuth2Client } from '@badgateway/oauth2-client'

const { AUTH_METHOD, BROKER_URL, CLIENT_ID, CLIENT_SECRET, ORG_URL, SCOPE } = process.env
const client = new OAuth2Client({
  server: BROKER_URL,
  discoveryEndpoint: '/.well-known/oauth-authorization-server',
  clientId: CLIENT_ID,
  clientSecret: CLIENT_SECRET,
  authenticationMethod: AUTH_METHOD,
})
const { accessToken, scope } = await client.clientCredentials({ scope: SCOPE.split(' ') })
const users = await fetch(`${ORG_URL}/api/v1/users`, { headers: { authorization: `Bearer ${accessToken}` } })
console.log(JSON.stringify({ scope: scope.join(' '), users: (await users.json()).length }))
