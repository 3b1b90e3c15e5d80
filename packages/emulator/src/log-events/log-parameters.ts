import { ApiError } from '../http/errors/errors.js'
import { parseLimit } from '../paging/parse-limit.js'
import { compileExpression, type Predicate } from '../query/expression/compile-expression.js'
import { isIsoDate } from '../query/expression/rules.js'
import { logsKeyword } from '../query/keywords.js'
import { invalidSearchCriteria } from '../query/list-rules.js'
import { LOGS_FILTER } from '../query/logs-filter.js'

const DAY_MS = 86_400_000

/** The query parameters of `GET /api/v1/logs`. An empty `since`, `until` or `q` counts as absent. */
export type LogParameters = {
  readonly [name in 'since' | 'until' | 'after' | 'filter' | 'q' | 'limit' | 'sortOrder']?: string | undefined
}

/** A position in the log. */
export interface LogCursor {
  readonly publishedMs: number
  readonly sequence: number
}

/** A checked request for log events. */
export interface LogQuery {
  readonly sinceMs: number
  readonly untilMs: number
  readonly after: LogCursor | undefined
  readonly matches: Predicate
  readonly limit: number
  readonly isDescending: boolean
  /** Whether a client polls for new events: in ascending order and without `until`. */
  readonly isPolling: boolean
}

/**
 * Checks the parameters of `GET /api/v1/logs` (System Log query). Events are kept for 90 days.
 *
 * @throws {ApiError} with the texts of the guide for dates, filters and keywords; the other errors are inferred
 */
export function parseLogParameters(parameters: LogParameters, nowMs: number): LogQuery {
  const { after, filter, limit, sortOrder: order = 'ASCENDING' } = parameters
  const [since, until, q] = [parameters.since, parameters.until, parameters.q].map(emptyToUndefined)
  if (order !== 'ASCENDING' && order !== 'DESCENDING') {
    throw new ApiError('E0000001', 'Api validation failed: RequestParams', {
      status: 400,
      causes: ['sortOrder: must be ASCENDING or DESCENDING'],
    })
  }
  const isPolling = order === 'ASCENDING' && until === undefined
  // The links of bounded requests have both.
  if (isPolling && since !== undefined && after !== undefined) {
    throw new ApiError('E0000063', 'Invalid combination of parameters specified.', { status: 400 })
  }
  const predicates = [
    ...(filter === undefined ? [] : [compileExpression(filter, LOGS_FILTER)]),
    ...(q === undefined ? [] : [logsKeyword(q)]),
  ]
  const untilMs = until === undefined ? Number.POSITIVE_INFINITY : date('until', until)
  return {
    sinceMs: Math.max(lowerBound(since, after, untilMs, nowMs), nowMs - 90 * DAY_MS),
    untilMs,
    after: after === undefined ? undefined : parseLogCursor(after),
    matches: event => predicates.every(predicate => predicate(event)),
    limit: parseLogLimit(limit),
    isDescending: order === 'DESCENDING',
    isPolling,
  }
}

/** @example formatLogCursor({ publishedMs: 1627500044869, sequence: 1 }) // '1627500044869_1' */
export function formatLogCursor({ publishedMs, sequence }: LogCursor): string {
  return `${publishedMs}_${sequence}`
}

function parseLogCursor(text: string): LogCursor {
  const match = /^(\d{1,15})_(\d{1,15})$/.exec(text)
  if (match === null) throw invalidSearchCriteria('Invalid cursor.')
  return { publishedMs: Number(match[1]), sequence: Number(match[2]) }
}

function lowerBound(since: string | undefined, after: string | undefined, untilMs: number, nowMs: number): number {
  if (since === undefined) return after === undefined ? Math.min(untilMs, nowMs) - 7 * DAY_MS : 0
  const sinceMs = date('since', since)
  if (sinceMs < nowMs - 180 * DAY_MS) {
    throw new ApiError(
      'E0000053',
      'Invalid parameter: The since parameter is over 180 days prior to the current day.',
      { status: 400 },
    )
  }
  return sinceMs
}

function date(name: string, text: string): number {
  if (isIsoDate(text)) return Date.parse(text)
  const messages = [
    'The date format in your query is not recognized. Please enter dates using ISO8601 string format.',
    'must be a valid date-time or empty.',
  ]
  throw new ApiError(
    'E0000001',
    `Api validation failed: ${messages.map(message => `'${name}': ${message}`).join(' ')}`,
    {
      status: 400,
      causes: messages.map(message => `${name}: ${message}`),
    },
  )
}

function parseLogLimit(text: string | undefined): number {
  const limit = parseLimit(text, { defaultLimit: 100, maxLimit: Number.POSITIVE_INFINITY, minLimit: 0 })
  if (limit <= 1000) return limit
  throw new ApiError('E0000001', 'Api validation failed: RequestParams', {
    status: 400,
    causes: ['limit: must be between 0 and 1000'],
  })
}

function emptyToUndefined(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}
