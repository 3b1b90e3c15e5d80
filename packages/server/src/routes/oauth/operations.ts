import { type RouteConfig, z } from '@hono/zod-openapi'

const clientFields = {
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
  client_assertion_type: z
    .enum([
      'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      'urn:ietf:params:oauth:client-assertion-type:jwt-spiffe',
    ])
    .optional(),
  client_assertion: z
    .string()
    .optional()
    .describe('An assertion that the client signed, or with client_id the identity token of a platform or a JWT-SVID'),
}

/** The body of every error response (RFC 6749 §5.2). */
export const errorSchema = z.object({ error: z.string(), error_description: z.string() }).openapi('Error')

const proxiedErrorSchema = errorSchema
  .extend({ connection: z.string().optional(), org_url: z.url().optional(), proxy: z.url().optional() })
  .openapi('TokenError')

/** An error response in the description of a route. */
export const errorResponse = (description: string) => ({
  description,
  content: { 'application/json': { schema: errorSchema } },
})

/** The members of an operation without client authentication, which anyone may request. */
export const publicOperation = (operationId: string) => ({ operationId, security: [] })

/** The response of a path to another method. */
export const otherMethods = { 405: errorResponse('The method is not supported: see Allow') }

/** Client authentication in the description of a route. */
export const clientSecurity = [{ client: [] }]

const form = (schema: z.ZodObject) => ({
  body: { required: true, content: { 'application/x-www-form-urlencoded': { schema } } },
})

export const tokenOperation: RouteConfig = {
  operationId: 'token',
  method: 'post',
  path: '/oauth2/token',
  summary: 'Returns a bearer token of a connection, valid for expires_in seconds (RFC 6749 §4.4)',
  security: clientSecurity,
  request: form(
    z.object({
      grant_type: z.literal('client_credentials'),
      scope: z.string().optional().describe('Some of the scopes of the connection'),
      resource: z.url().optional().describe('The URL of the org (RFC 8707)'),
      connection: z.string().optional().describe('The name of the connection, if the client has several'),
      ...clientFields,
    }),
  ),
  responses: {
    200: {
      description: 'The token',
      content: {
        'application/json': {
          schema: z.object({
            access_token: z.string(),
            token_type: z.literal('Bearer'),
            expires_in: z.int(),
            scope: z.string(),
            connection: z.string().describe('The name of the connection'),
            org_url: z.url().describe('The URL of the org'),
          }),
        },
      },
    },
    400: {
      description:
        'invalid_request, invalid_grant (a user must sign in), invalid_scope, invalid_target, unsupported_grant_type. If the ' +
        'broker does not return the tokens of the connection: invalid_target with connection, org_url, and proxy, the URL to ' +
        'send requests to',
      content: { 'application/json': { schema: proxiedErrorSchema } },
    },
    401: errorResponse('invalid_client'),
    403: errorResponse('unauthorized_client'),
    429: errorResponse(
      'The rate limit of the client is exceeded, or there were too many failed attempts from its address',
    ),
    502: errorResponse('Okta rejected the request for a token'),
    503: errorResponse('Okta is not available'),
  },
}

export const revocationOperation: RouteConfig = {
  operationId: 'revoke',
  method: 'post',
  path: '/oauth2/revoke',
  summary: 'Revokes a token for all clients, if the client has mayRevoke (RFC 7009)',
  security: clientSecurity,
  request: form(z.object({ token: z.string(), token_type_hint: z.string().optional(), ...clientFields })),
  responses: {
    200: { description: 'Accepted, even if the token is unknown' },
    400: errorResponse('invalid_request'),
    401: errorResponse('invalid_client'),
    429: errorResponse(
      'The rate limit of the client is exceeded, or there were too many failed attempts from its address',
    ),
  },
}
