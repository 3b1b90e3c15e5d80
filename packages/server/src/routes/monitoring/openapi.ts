import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv, World } from '../../app-env.js'

/**
 * The description of the routes for programs.
 *
 * @see https://spec.openapis.org/oas/v3.1.0
 */
export function addOpenApi(app: OpenAPIHono<AppEnv>, { config }: World): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'caller', {
    type: 'http',
    scheme: 'basic',
    description:
      'The name and the secret of a caller. Outside forms, a caller with keys sends a new assertion (RFC 7523) as Bearer.',
  })
  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Connect-Okta broker',
      version: '1',
      description: 'Access tokens for Okta APIs, for programs that do not hold the key of the app.',
    },
    servers: [{ url: config.issuer }],
  })
}
