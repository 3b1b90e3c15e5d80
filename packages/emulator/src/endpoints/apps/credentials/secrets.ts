import { createHash } from 'node:crypto'
import { checkMembers } from '../../../http/check-members.js'
import { resourceNotFound } from '../../../http/errors.js'
import { appAsEntity, logEvent } from '../../../http/events.js'
import { type Exchange, pathParameter } from '../../../http/exchange.js'
import { readJson } from '../../../http/read-json.js'
import { validationError } from '../../../http/validation-error.js'
import type { AppRegistration } from '../../../org/apps/app.js'
import { type SavedSecret, savedSecret } from '../../../org/apps/credentials.js'
import { oktaDate } from '../../users/json/user-json.js'
import { changeApp } from '../change-apps.js'
import { requestedApp } from '../requested-app.js'

const MAX_SECRETS = 2
const SUBJECT = 'OAuth2ClientSecretMediated'

/** `GET /api/v1/apps/{appId}/credentials/secrets`. */
export function listSecrets(exchange: Exchange): void {
  const app = requestedApp(exchange)
  exchange.ctx.body = app.secrets.map(secret => secretJson(exchange, app, secret))
}

/** `GET /api/v1/apps/{appId}/credentials/secrets/{secretId}`. */
export function oneSecret(exchange: Exchange): void {
  const { app, secret } = requestedSecret(exchange)
  exchange.ctx.body = secretJson(exchange, app, secret)
}

/** `POST /api/v1/apps/{appId}/credentials/secrets`: at most two secrets (examples `ErrorClientSecret…` of the OpenAPI file). */
export function addSecret(exchange: Exchange): void {
  const { org, ctx } = exchange
  const app = requestedApp(exchange)
  const body = exchange.jsonText === '' ? {} : readJson(exchange)
  checkMembers(body, { client_secret: 'string', status: 'string', secret_hash: 'any' })
  const { client_secret: given, status = 'ACTIVE' } = body
  if (app.authentication === 'none') {
    throw validationError(SUBJECT, "'client_secret' can't be used when 'token_endpoint_auth_method' is 'none'.")
  }
  if (status !== 'ACTIVE' && status !== 'INACTIVE') {
    throw validationError('status', 'status: The value must be ACTIVE or INACTIVE.')
  }
  if (app.authentication === 'private_key_jwt') {
    throw validationError(
      'client_secret',
      "'client_secret' can't be used when 'token_endpoint_auth_method' is 'private_key_jwt'.",
    )
  }
  if (app.secrets.length >= MAX_SECRETS) {
    throw validationError(SUBJECT, "You've reached the maximum number of client secrets per client.")
  }
  const value = given === undefined ? org.random.secret(`secret of ${app.clientId}`) : checkSecret(String(given))
  const secret = savedSecret(value, org, status)
  save(exchange, app, [...app.secrets, secret], 'app.oauth2.credentials.lifecycle.create')
  ctx.status = 201
  ctx.body = secretJson(exchange, app, secret)
}

/** `DELETE /api/v1/apps/{appId}/credentials/secrets/{secretId}`. */
export function deleteSecret(exchange: Exchange): void {
  const { app, secret } = requestedSecret(exchange)
  if (secret.status === 'ACTIVE') {
    throw validationError(
      SUBJECT,
      "You can't delete an active client secret. Deactivate the secret before deleting it.",
    )
  }
  const others = app.secrets.filter(({ id }) => id !== secret.id)
  save(exchange, app, others, 'app.oauth2.credentials.lifecycle.delete')
  exchange.ctx.status = 204
}

/** `POST …/secrets/{secretId}/lifecycle/activate`. */
export function activateSecret(exchange: Exchange): void {
  setStatus(exchange, 'ACTIVE')
}

/** `POST …/secrets/{secretId}/lifecycle/deactivate`. */
export function deactivateSecret(exchange: Exchange): void {
  const { app, secret } = requestedSecret(exchange)
  const isOnlyActive = app.secrets.every(({ id, status }) => id === secret.id || status === 'INACTIVE')
  if (isOnlyActive) throw validationError(SUBJECT, "You can't deactivate the only active client secret.")
  setStatus(exchange, 'INACTIVE')
}

function setStatus(exchange: Exchange, status: SavedSecret['status']): void {
  const { org, ctx } = exchange
  const { app, secret } = requestedSecret(exchange)
  const changed = { ...secret, status, lastUpdated: new Date(org.clock.now()) }
  const secrets = app.secrets.map(one => (one.id === secret.id ? changed : one))
  const action = status === 'ACTIVE' ? 'activate' : 'deactivate'
  save(exchange, app, secrets, `app.oauth2.credentials.lifecycle.${action}`)
  ctx.body = secretJson(exchange, app, changed)
}

function save(
  exchange: Exchange,
  app: AppRegistration,
  secrets: readonly SavedSecret[],
  eventType: `app.oauth2.credentials.lifecycle.${'create' | 'activate' | 'deactivate' | 'delete'}`,
): void {
  const current = secrets.find(({ status }) => status === 'ACTIVE')?.value
  changeApp(exchange, app, { secrets, ...(current !== undefined && { clientSecret: current }) })
  logEvent(exchange, eventType, { targets: [appAsEntity(app)] })
}

/** Checks the length and the characters of a client secret. */
export function checkSecret(secret: string): string {
  const fail = (problem: string) => validationError('client_secret', `client_secret: ${problem}`)
  if (secret.length < 14) throw fail("'client_secret' must be at least '14' characters long.")
  if (secret.length > 100) throw fail("'client_secret' can't be more than '100' characters long.")
  if (!/^[\x20-\x7E]+$/.test(secret)) throw fail("''client_secret'' must only contain printable ASCII: [x20-x7E]+")
  return secret
}

function requestedSecret(exchange: Exchange): { readonly app: AppRegistration; readonly secret: SavedSecret } {
  const app = requestedApp(exchange)
  const secretId = pathParameter(exchange, 'secretId')
  const secret = app.secrets.find(({ id }) => id === secretId)
  // The name of the resource is inferred.
  if (secret === undefined) throw resourceNotFound(secretId, 'OAuth2ClientSecret')
  return { app, secret }
}

function secretJson({ org }: Exchange, { clientId }: AppRegistration, secret: SavedSecret): object {
  const { id, value, status, created, lastUpdated } = secret
  const self = new URL(`/api/v1/apps/${clientId}/credentials/secrets/${id}`, org.url).href
  const link = (href: string, method: string) => ({ href, hints: { allow: [method] } })
  return {
    id,
    created: oktaDate(created),
    lastUpdated: oktaDate(lastUpdated),
    status,
    client_secret: value,
    secret_hash: createHash('md5').update(value).digest('base64url'),
    _links:
      status === 'ACTIVE'
        ? { deactivate: link(`${self}/lifecycle/deactivate`, 'POST') }
        : { activate: link(`${self}/lifecycle/activate`, 'POST'), delete: link(self, 'DELETE') },
  }
}
