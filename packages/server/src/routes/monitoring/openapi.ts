import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv } from '../../app-env.js'
import type { RouteDeps } from '../../route-deps.js'

/**
 * `/openapi.json`: the description of the routes.
 *
 * @see https://spec.openapis.org/oas/v3.1.0
 */
export function addOpenApi(app: OpenAPIHono<AppEnv>, { config }: RouteDeps): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'client', {
    type: 'http',
    scheme: 'basic',
    description:
      'The name and the secret of a client. For requests without a form, a client with keys sends a new assertion (RFC 7523) as Bearer token.',
  })
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Connect-Okta broker',
      version: '1',
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
      description: 'Access tokens for Okta APIs, for programs that do not have the key of the app.',
    },
    servers: [{ url: config.issuer }],
  })
}
