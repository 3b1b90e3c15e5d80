import { type OpenAPIHono, z } from '@hono/zod-openapi'
import type { AppEnv } from '../../app-env.js'
import { assertionAlgorithms } from '../../clients/client-assertion.js'
import type { RouteDeps } from '../../route-deps.js'
import { otherMethods, publicOperation } from './operations.js'

/** Some libraries know only the path of OpenID Connect Discovery. Its other endpoints do not exist here. */
export const metadataPaths = ['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration']

/**
 * The authorization server metadata, by which client libraries discover the endpoints.
 *
 * @see RFC 8414 §2, §3
 */
export function addMetadata(app: OpenAPIHono<AppEnv>, { config, connections }: RouteDeps): void {
  for (const path of metadataPaths) {
    app.openAPIRegistry.registerPath({
      ...publicOperation(path.endsWith('openid-configuration') ? 'openidConfiguration' : 'metadata'),
      method: 'get',
      path,
      summary: 'Authorization server metadata (RFC 8414)',
      responses: {
        200: {
          description: 'The metadata',
          content: { 'application/json': { schema: z.record(z.string(), z.any()) } },
        },
        ...otherMethods,
      },
    })
  }
  const { issuer } = config
  const hasTrustDomain = config.issuers.some(({ isTrustDomain }) => isTrustDomain)
  const methods = [
    ...['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
    // draft-ietf-oauth-spiffe-client-auth §4. No method is registered for the identity tokens of other issuers.
    ...(hasTrustDomain ? ['spiffe_jwt'] : []),
  ]
  const algorithms = [...new Set([...assertionAlgorithms, ...config.issuers.flatMap(({ algorithms }) => algorithms)])]
  const metadata = {
    issuer,
    token_endpoint: `${issuer}/oauth2/token`,
    revocation_endpoint: `${issuer}/oauth2/revoke`,
    // RFC 8414 §2: required. There is no authorization endpoint.
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    scopes_supported: [...new Set(connections.all.flatMap(({ scopes }) => scopes))].sort(),
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: algorithms,
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: algorithms,
    service_documentation: `${issuer}/openapi.json`,
  }
  const all = metadataPaths.flatMap(path => [path, `${path}/`])
  app.on('GET', all, c => c.json(metadata, 200, { 'cache-control': 'max-age=300' }))
}
