import { type SendError, sendJsonError } from '../http/errors/send-error.js'
import { clientAsEntity, logEvent, userAsEntity } from '../http/events.js'
import type { Exchange } from '../http/exchange.js'
import { tokenEntity } from '../log-events/log-entity.js'

const KINDS = ['access_token', 'id_token', 'refresh_token'] as const

/** Sends the error of a token request, and writes it to the system log. */
export const tokenError: SendError = (exchange, error) => {
  sendJsonError(exchange, error)
  logTokens(exchange)
}

/** Writes the tokens of a response to the system log, or the error. A token is identified by a made-up ID. */
export function logTokens(exchange: Exchange, response?: Readonly<Record<string, unknown>>): void {
  const { app, form, org, server, ctx } = exchange
  const prefix = server.id === undefined ? 'app.oauth2.token.grant' : 'app.oauth2.as.token.grant'
  const debugData = { grantType: form.get('grant_type') ?? '', requestedScopes: form.get('scope') ?? '' }
  if (response === undefined) {
    const { error } = (ctx.body ?? {}) as { error?: unknown }
    logEvent(exchange, prefix, { ...(app && { actor: clientAsEntity(app) }), failure: String(error), debugData })
    return
  }
  const record = server.tokens.find('AccessToken', String(response.access_token))
  const user = org.directory.find(record?.accountId)
  const actor = user ? userAsEntity(user) : app && clientAsEntity(app)
  for (const kind of KINDS) {
    if (response[kind] === undefined) continue
    const targets = [tokenEntity(kind, org.random.bytes('token in the log', 12).toString('base64url'))]
    logEvent(exchange, `${prefix}.${kind}`, { ...(actor && { actor }), targets, debugData })
  }
}
