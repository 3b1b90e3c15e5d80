import { ApiError, OauthError } from '../../http/errors.js'
import type { Exchange } from '../../http/exchange.js'
import type { AppRegistration } from '../../org/apps/app.js'
import { verifyClientAssertion } from './client-assertion.js'

/**
 * Authenticates the client (RFC 6749 §2.3) with the method that the app is registered for, and sets the app of the
 * exchange.
 */
export async function authenticateClient(exchange: Exchange): Promise<void> {
  const { form, org } = exchange
  const basic = basicCredentials(exchange.ctx.get('authorization'))
  const assertion = form.get('client_assertion')
  const secret = basic?.secret ?? form.get('client_secret')
  const clientId = basic?.clientId ?? form.get('client_id') ?? (assertion === null ? null : subjectOf(assertion))
  if (clientId === null || clientId === '') {
    throw new OauthError('invalid_client', 'A client_id must be provided in the request.', { status: 400 })
  }
  const app = org.apps.get(clientId)
  // Only this error has the format of the API (support.okta.com, "Invalid_Client Error Returned When Requesting").
  if (app === undefined || !app.active) {
    throw new ApiError('invalid_client', "Invalid value for 'client_id' parameter.", { status: 401 })
  }

  if (assertion !== null) await verifyClientAssertion(exchange, app, assertion)
  else if (secret !== null) checkSecret(app, secret)
  else if (app.authentication !== 'none') {
    throw new OauthError(
      'invalid_client',
      'Client authentication failed. Either the client or the client credentials are invalid.',
    )
  }
  exchange.app = app
}

function checkSecret(app: AppRegistration, secret: string): void {
  if (app.authentication !== 'client_secret' || app.clientSecret !== secret) {
    throw new OauthError('invalid_client', 'The client secret supplied for a confidential client is invalid.')
  }
}

function basicCredentials(header: string): { clientId: string; secret: string } | undefined {
  if (!/^basic /i.test(header)) return undefined
  const [id = '', ...rest] = Buffer.from(header.slice(6), 'base64').toString('utf8').split(':')
  // RFC 6749 §2.3.1: ID and secret are form-encoded.
  const decoded = (part: string) => new URLSearchParams(`v=${part}`).get('v') ?? ''
  return { clientId: decoded(id), secret: decoded(rest.join(':')) }
}

function subjectOf(assertion: string): string | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(assertion.split('.')[1] ?? '', 'base64url').toString('utf8'))
    return claims !== null && typeof claims === 'object' && 'sub' in claims ? String(claims.sub) : null
  } catch {
    return null
  }
}
