import type { Exchange } from '../../http/exchange.js'
import { listLogEvents } from '../../log-events/list-log-events.js'
import { checked, queryValue } from '../table/parameters.js'

const parameters = {
  since: checked('since', 'yesterday', 'The earliest time, in ISO 8601. Default: seven days before `until`.'),
  until: checked('until', 'tomorrow', 'The latest time. Default: now.'),
  after: checked('after', 'nonsense', 'The cursor of the next page.'),
  filter: checked('filter', 'nonsense', 'An expression, for example `eventType eq "user.session.start"`.'),
  q: checked('q', 'x'.repeat(41), 'Words, all of which must be in the event.'),
  limit: checked('limit', 'many', 'The size of a page, 0 to 1000. Default: 100.'),
  sortOrder: checked('sortOrder', 'sideways', '`ASCENDING` or `DESCENDING`.'),
}

/** The query parameters of the system log. */
export const LOG_QUERY = Object.values(parameters)

/** `GET /api/v1/logs`: what happened in the emulator. */
export function listLogs(exchange: Exchange): void {
  const { ctx, org } = exchange
  const given = Object.fromEntries(
    Object.entries(parameters).map(([name, parameter]) => [name, queryValue(exchange, parameter)]),
  )
  const context = { url: new URL('/api/v1/logs', org.url), nowMs: org.clock.now() }
  const { events, links } = listLogEvents(org.events.events, given, context)
  ctx.set('Link', [...links])
  ctx.body = events
}
