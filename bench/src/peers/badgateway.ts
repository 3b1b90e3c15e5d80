import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'
import type { ServiceApp } from '../emulated-org.js'

/** It knows secrets, no keys. */
export async function getToken(app: ServiceApp): Promise<string> {
  return (await cacheFor(app).getToken()).accessToken
}

/** What it keeps a token in. */
export function cacheFor({ clientId, scope, tokenEndpoint, credential }: ServiceApp): OAuth2Fetch {
  if (!('secret' in credential)) throw new Error('it takes a secret')
  const client = new OAuth2Client({
    clientId,
    clientSecret: credential.secret,
    tokenEndpoint,
    authenticationMethod: 'client_secret_post',
  })
  const getNewToken = () => client.clientCredentials({ scope: [scope] })
  return new OAuth2Fetch({ client, getNewToken, scheduleRefresh: false })
}
