import { logEvent, userAsEntity } from '../../http/events.js'
import type { Exchange } from '../../http/exchange.js'
import { factorJson } from './factor-json.js'
import { requestedFactor, requestedUser } from './requested-factor.js'

/** `GET /api/v1/users/{userId}/factors`: includes factors that are not active yet (`ListFactorsResults` of the OpenAPI file). */
export function listFactors(exchange: Exchange): void {
  const { org, ctx } = exchange
  const user = requestedUser(exchange)
  ctx.body = org.factors.ofUser(user.id).map(factor => factorJson(org, user, factor))
}

/** `GET /api/v1/users/{userId}/factors/{factorId}`. */
export function oneFactor(exchange: Exchange): void {
  const { user, factor } = requestedFactor(exchange)
  exchange.ctx.body = factorJson(exchange.org, user, factor)
}

/** `DELETE /api/v1/users/{userId}/factors/{factorId}`. */
export function deleteFactor(exchange: Exchange): void {
  const { user, factor } = requestedFactor(exchange)
  exchange.org.factors.remove(factor)
  logEvent(exchange, 'user.mfa.factor.deactivate', { targets: [userAsEntity(user)] })
  exchange.ctx.status = 204
}
