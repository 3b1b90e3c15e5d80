import { type RouteConfig, z } from '@hono/zod-openapi'

const clientFields = {
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
  client_assertion_type: z.literal('urn:ietf:params:oauth:client-assertion-type:jwt-bearer').optional(),
  client_assertion: z.string().optional(),
}

/** An error as every route answers it (RFC 6749 §5.2). */
export const errorSchema = z.object({ error: z.string(), error_description: z.string() }).openapi('Error')

/** The answer of a refusal, for the description of a route. */
export const refused = (description: string) => ({
  description,
  content: { 'application/json': { schema: errorSchema } },
})

/** How callers say who they are, for the description of a route. */
export const callerSecurity = [{ caller: [] }]

const form = (schema: z.ZodObject) => ({
  body: { required: true, content: { 'application/x-www-form-urlencoded': { schema } } },
})

export const tokenOperation: RouteConfig = {
  method: 'post',
  path: '/oauth2/token',
  summary: 'A bearer token of a connection, good for expires_in seconds (RFC 6749 §4.4)',
  security: callerSecurity,
  request: form(
    z.object({
      grant_type: z.literal('client_credentials'),
      scope: z.string().optional().describe('Fewer scopes than the connection has'),
      resource: z.url().optional().describe('The URL of the org (RFC 8707)'),
      connection: z.string().optional().describe('The name of the connection, where more than one is of that org'),
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
          }),
        },
      },
    },
    400: refused(
      'invalid_request, invalid_grant (somebody has to sign in), invalid_scope, invalid_target, unsupported_grant_type',
    ),
    401: refused('invalid_client'),
    403: refused('unauthorized_client'),
    429: refused('The caller asks too often, or somebody there has failed too often to be it'),
    502: refused('Okta refused'),
    503: refused('Okta is away'),
  },
}

export const revocationOperation: RouteConfig = {
  method: 'post',
  path: '/oauth2/revoke',
  summary: 'Gives a token back; one that may revoke ends it for everybody (RFC 7009)',
  security: callerSecurity,
  request: form(z.object({ token: z.string(), token_type_hint: z.string().optional(), ...clientFields })),
  responses: {
    200: { description: 'Done, also for a token that nobody knows' },
    400: refused('invalid_request'),
    401: refused('invalid_client'),
    429: refused('The caller asks too often, or somebody there has failed too often to be it'),
  },
}
