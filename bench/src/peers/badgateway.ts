import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'
import type { ServiceApp } from '../emulated-org.js'

/** Supports secrets, but not keys. */
export async function getToken(app: ServiceApp): Promise<string> {
  return (await cacheFor(app).getToken()).accessToken
}

/** Returns the object that caches a token. */
export function cacheFor({ clientId, scope, tokenEndpoint, credential }: ServiceApp): OAuth2Fetch {
  if (!('secret' in credential)) throw new Error('only a secret is supported')
  const client = new OAuth2Client({
    clientId,
    clientSecret: credential.secret,
    tokenEndpoint,
    authenticationMethod: 'client_secret_post',
  })
  const getNewToken = () => client.clientCredentials({ scope: [scope] })
  return new OAuth2Fetch({ client, getNewToken, scheduleRefresh: false })
}
