import { logEvent, userAsEntity } from '../http/events.js'
import type { Exchange } from '../http/exchange.js'
import { entity } from '../log-events/log-entity.js'
import type { User } from '../org/users/user.js'

/** Checks the username and password of a form. */
export function authenticate(exchange: Exchange): User | undefined {
  const { form, org } = exchange
  const username = form.get('username') ?? ''
  const found = org.directory.findByLogin(username.trim())
  const actor = found ? userAsEntity(found) : entity('User', 'unknown', 'unknown', username.trim())
  const user = org.directory.authenticate(username, form.get('password') ?? '')
  const isLocked = found?.status === 'LOCKED_OUT'
  const failure = isLocked ? 'LOCKED_OUT' : 'INVALID_CREDENTIALS'
  logEvent(exchange, 'user.session.start', { actor, ...(user === undefined && { failure }) })
  if (!isLocked && org.directory.find(found?.id)?.status === 'LOCKED_OUT') {
    logEvent(exchange, 'user.account.lock', { actor, targets: [actor] })
  }
  return user
}
