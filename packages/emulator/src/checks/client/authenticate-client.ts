import { ApiError, OauthError } from '../../http/errors/errors.js'
import { oauthError } from '../../http/errors/oauth-errors.js'
import type { Exchange } from '../../http/exchange.js'
import type { AppRegistration } from '../../org/apps/app.js'
import { verifyClientAssertion } from './client-assertion.js'

/**
 * Authenticates the client (RFC 6749 §2.3) with the method that the app is registered for, and sets the app of the
 * exchange.
 */
export async function authenticateClient(exchange: Exchange): Promise<void> {
  const { ctx, form } = exchange
  if (new URLSearchParams(ctx.querystring).has('client_secret')) throw oauthError('client_credentials_in_query')
  const basic = basicCredentials(ctx.get('authorization'))
  const assertion = form.get('client_assertion')
  rejectSeveral(form, basic, assertion)
  const clientId = basic?.clientId ?? form.get('client_id') ?? (assertion === null ? null : subjectOf(assertion))
  const app = findApp(exchange, clientId)
  const secret = basic?.secret ?? form.get('client_secret')
  if (assertion !== null) await verifyClientAssertion(exchange, app, assertion)
  else if (secret !== null && secret !== undefined) checkSecret(app, secret)
  else if (app.authentication !== 'none') {
    throw oauthError(basic === undefined ? 'missing_client_credentials' : 'invalid_basic_auth_creds')
  }
  exchange.app = app
}

function findApp({ org }: Exchange, clientId: string | null): AppRegistration {
  if (clientId === null || clientId === '') {
    throw new OauthError('invalid_client', 'A client_id must be provided in the request.', { status: 400 })
  }
  const app = org.apps.get(clientId)
  // Only this error has the format of the API (support.okta.com, "Invalid_Client Error Returned When Requesting").
  if (app === undefined || !app.active) {
    throw new ApiError('invalid_client', "Invalid value for 'client_id' parameter.", { status: 401 })
  }
  return app
}

/** A request has one kind of credentials. That another `client_id` in the form is an error is inferred. */
function rejectSeveral(form: URLSearchParams, basic: BasicCredentials | undefined, assertion: string | null): void {
  const kinds = [basic, assertion ?? undefined, form.get('client_secret') ?? undefined]
  const clientId = form.get('client_id')
  const isOtherClient = basic !== undefined && clientId !== null && clientId !== basic.clientId
  if (isOtherClient || kinds.filter(kind => kind !== undefined).length > 1) {
    throw oauthError('multiple_client_credentials')
  }
}

function checkSecret(app: AppRegistration, secret: string): void {
  // auth-js sends the ID of a public app with an empty secret.
  if (app.authentication === 'none' && secret === '') return
  if (
    app.authentication !== 'client_secret' ||
    !app.secrets.some(({ value, status }) => status === 'ACTIVE' && value === secret)
  ) {
    throw oauthError('invalid_client_secret')
  }
}

interface BasicCredentials {
  readonly clientId: string
  /** Undefined when the credentials have no colon. auth-js sends only the ID of a public app. */
  readonly secret: string | undefined
}

/** The scheme can end with a colon, as passport-okta-oauth sends it. That Okta accepts it is inferred. */
function basicCredentials(header: string): BasicCredentials | undefined {
  const [, encoded] = /^basic:? +(.*)$/i.exec(header) ?? []
  if (encoded === undefined) return undefined
  if (!/^[\w+/-]+={0,2}$/.test(encoded)) throw oauthError('invalid_basic_auth_creds')
  const [id = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  // RFC 6749 §2.3.1: ID and secret are form-encoded.
  const decoded = (part: string) => new URLSearchParams(`v=${part}`).get('v') ?? ''
  return { clientId: decoded(id), secret: rest.length === 0 ? undefined : decoded(rest.join(':')) }
}

function subjectOf(assertion: string): string | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return claims !== null && typeof claims === 'object' && 'sub' in claims ? String(claims.sub) : null
  } catch {
    return null
  }
}
