import type { Exchange } from '../../../http/exchange.js'

/**
 * `GET /oauth2/v1/keys`: the public signing key of the authorization server, as a JWK Set (RFC 7517 §5). Okta allows caches
 * to store it for weeks. One minute is enough here, since another org can use the same address tomorrow.
 */
export async function keys({ ctx, server }: Exchange): Promise<void> {
  ctx.body = { keys: [(await server.signingKey()).publicJwk] }
  ctx.set('Cache-Control', 'max-age=60, must-revalidate')
}
