import type { Exchange } from '../../../http/exchange.js'

/** `GET /oauth2/v1/keys`: the public signing key of the authorization server, as a JWK Set (RFC 7517 §5). */
export async function keys({ ctx, server }: Exchange): Promise<void> {
  ctx.body = { keys: [(await server.signingKey()).publicJwk] }
}
