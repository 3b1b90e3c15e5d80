import type { Context } from 'koa'
import { tokenOf } from '../checks/api/api-token.js'
import type { EventTypeName } from '../log-events/event-types.js'
import { appEntity, clientEntity, entity, groupEntity, type LogEntity, userEntity } from '../log-events/log-entity.js'
import type { AppRegistration } from '../org/apps/app.js'
import type { Group } from '../org/groups.js'
import type { Org } from '../org/org.js'
import type { User } from '../org/users/user.js'
import type { Exchange } from './exchange.js'

/** The parts of an event that depend on what happened. */
interface EventDetails {
  /** Default: the user or the app of the access token. */
  readonly actor?: LogEntity
  readonly targets?: readonly LogEntity[]
  /** The reason of a failure. Default: success. */
  readonly failure?: string
  readonly debugData?: Readonly<Record<string, string>>
}

/** Writes an event to the system log. */
export function logEvent(
  exchange: Pick<Exchange, 'ctx' | 'org' | 'app'>,
  eventType: EventTypeName,
  { actor, targets = [], failure, debugData = {} }: EventDetails = {},
): void {
  const { ctx, org, app } = exchange
  org.events.add({
    eventType,
    actor: actor ?? actorOf(exchange),
    targets,
    outcome: failure === undefined ? { result: 'SUCCESS' } : { result: 'FAILURE', reason: failure },
    client: { ipAddress: ctx.req.socket.remoteAddress ?? '', userAgent: ctx.get('user-agent'), id: app?.clientId },
    request: { id: requestIdOf(ctx, org), path: ctx.path },
    debugData,
  })
}

const requestIds = new WeakMap<Context, string>()

/** The ID of a request, as in `x-okta-request-id`. */
export function requestIdOf(ctx: Context, org: Org): string {
  const id = requestIds.get(ctx) ?? org.random.bytes('request id', 16).toString('hex')
  requestIds.set(ctx, id)
  return id
}

/** A user as actor or target of an event. */
export function userAsEntity({ id, profile: { login, firstName, lastName } }: User): LogEntity {
  return userEntity({ id, login, firstName: firstName ?? '', lastName: lastName ?? '' })
}

/** A group as target of an event. */
export function groupAsEntity({ id, profile: { name } }: Group): LogEntity {
  return groupEntity({ id, name })
}

/** An app as target of an event. */
export function appAsEntity({ clientId, label }: AppRegistration): LogEntity {
  return appEntity({ id: clientId, label })
}

/** An app as actor of an event. */
export function clientAsEntity({ clientId, label }: AppRegistration): LogEntity {
  return clientEntity({ id: clientId, label })
}

function actorOf(exchange: Pick<Exchange, 'ctx' | 'org' | 'app'>): LogEntity {
  const { org } = exchange
  const { userId, clientId } = tokenOf(exchange) ?? {}
  const user = org.directory.find(userId)
  if (user !== undefined) return userAsEntity(user)
  const app = org.apps.get(clientId ?? '') ?? exchange.app
  return app === undefined ? entity('SystemPrincipal', 'unknown', 'Okta System') : clientAsEntity(app)
}
