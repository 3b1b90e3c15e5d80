import type { LogEvent } from './log-event.js'
import {
  formatLogCursor,
  type LogCursor,
  type LogParameters,
  type LogQuery,
  parseLogParameters,
} from './log-parameters.js'

/** An event with its number in the log, which grows by one with each event. */
export interface LoggedEvent {
  readonly sequence: number
  readonly event: LogEvent
}

/** The parameters in a link, in the order of the example in the System Log query guide. The place of `filter` is inferred. */
const LINK_PARAMETERS = ['q', 'filter', 'sortOrder', 'limit', 'until', 'after', 'since'] as const

/**
 * Answers `GET /api/v1/logs`. A polling request (ascending, without `until`) returns events in the order in which they were
 * logged, and always has a `next` link. Other requests are in the order of `published`, and have one while there are more.
 *
 * @param log all events, by ascending sequence
 * @param url the URL of the endpoint
 * @returns the events and the `Link` headers
 * @throws {ApiError} for invalid parameters
 */
export function listLogEvents(
  log: readonly LoggedEvent[],
  parameters: LogParameters,
  { url, nowMs }: { url: URL; nowMs: number },
): { readonly events: readonly LogEvent[]; readonly links: readonly string[] } {
  const query = parseLogParameters(parameters, nowMs)
  const matching = log.filter(item => isSelected(item, query))
  if (!query.isPolling) matching.sort((a, b) => direction(query) * compareCursors(cursorOf(a), cursorOf(b)))
  const page = matching.slice(0, query.limit)

  const link = (relation: string, after: string | undefined) => {
    const target = new URL(url)
    target.search = linkQuery(
      { ...parameters, limit: String(query.limit), after },
      query.isPolling && after !== undefined,
    )
    return `<${target.href}>; rel="${relation}"`
  }
  const links = [link('self', parameters.after)]
  const next = nextCursor({ log, page, hasMore: matching.length > page.length, query, nowMs })
  if (next !== undefined) links.push(link('next', formatLogCursor(next)))
  return { events: page.map(({ event }) => event), links }
}

function isSelected(
  item: LoggedEvent,
  { sinceMs, untilMs, after, isPolling, isDescending, matches }: LogQuery,
): boolean {
  const cursor = cursorOf(item)
  if (cursor.publishedMs < sinceMs || cursor.publishedMs >= untilMs || !matches(item.event)) return false
  if (after === undefined) return true
  if (isPolling) return cursor.sequence > after.sequence
  const order = compareCursors(cursor, after)
  return isDescending ? order < 0 : order > 0
}

function nextCursor({
  log,
  page,
  hasMore,
  query: { limit, after, isPolling },
  nowMs,
}: {
  log: readonly LoggedEvent[]
  page: readonly LoggedEvent[]
  hasMore: boolean
  query: LogQuery
  nowMs: number
}): LogCursor | undefined {
  const last = page.at(-1)
  if (hasMore) {
    if (last !== undefined) return cursorOf(last)
    // With a limit of 0, the next page is at the same position.
    return limit === 0 && isPolling ? (after ?? { publishedMs: nowMs, sequence: 0 }) : undefined
  }
  // Everything was examined, so that a poll does not examine it again.
  return isPolling ? { publishedMs: nowMs, sequence: log.at(-1)?.sequence ?? after?.sequence ?? 0 } : undefined
}

function cursorOf({ sequence, event }: LoggedEvent): LogCursor {
  return { publishedMs: Date.parse(event.published), sequence }
}

function compareCursors(a: LogCursor, b: LogCursor): number {
  return a.publishedMs - b.publishedMs || a.sequence - b.sequence
}

function direction({ isDescending }: LogQuery): 1 | -1 {
  return isDescending ? -1 : 1
}

function linkQuery(parameters: LogParameters, omitsSince: boolean): string {
  const query = new URLSearchParams()
  for (const name of LINK_PARAMETERS) {
    const value = parameters[name]
    if (value !== undefined && !(name === 'since' && omitsSince)) query.set(name, value)
  }
  return query.toString()
}
