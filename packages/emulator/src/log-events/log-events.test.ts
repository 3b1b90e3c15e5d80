import { describe, expect, it } from 'vitest'
import type { ApiError } from '../http/errors/errors.js'
import { EVENT_TYPES, type EventTypeName } from './event-types.js'
import { listLogEvents } from './list-log-events.js'
import { appEntity, clientEntity, tokenEntity, userEntity } from './log-entity.js'
import { buildLogEvent, type LogEntry } from './log-event.js'
import type { LogParameters } from './log-parameters.js'

const NOW = Date.parse('2026-06-01T12:00:00.000Z')
const URL_OF_LOGS = new URL('https://example.okta.com/api/v1/logs')
const ada = userEntity({ id: '00uada', login: 'ada@example.com', firstName: 'Ada', lastName: 'Lovelace' })

function entry(changes: Partial<LogEntry> = {}): LogEntry {
  return {
    uuid: 'dc9fd3c0-598c-11ef-8478-2b7584bf8d5a',
    eventType: 'user.session.start',
    actor: ada,
    client: { ipAddress: '127.0.0.1', userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/127.0.0.0 Safari/537.36' },
    request: { id: 'ab609228fe84ce59cdcbfa690bcce016', path: '/api/v1/authn' },
    published: new Date(NOW - 1000),
    ...changes,
  }
}

/** Logs one event for each number of minutes before now. */
function logOf(...minutes: number[]) {
  return minutes.map((minute, index) => {
    const published = new Date(NOW - minute * 60_000)
    return { sequence: index + 1, event: buildLogEvent(entry({ uuid: `event-${minute}`, published })) }
  })
}

function list(log: ReturnType<typeof logOf>, parameters: LogParameters, nowMs = NOW) {
  const { events, links } = listLogEvents(log, parameters, { url: URL_OF_LOGS, nowMs })
  const target = (relation: string) => {
    const link = links.find(text => text.endsWith(`rel="${relation}"`))?.match(/<(.*)>/)?.[1]
    return link === undefined ? undefined : new URL(link)
  }
  const next = target('next')
  return {
    ids: events.map(({ uuid }) => uuid),
    self: target('self')?.href,
    next: next === undefined ? undefined : (Object.fromEntries(next.searchParams) as LogParameters),
  }
}

function apiError(parameters: LogParameters): ApiError {
  try {
    list([], parameters)
  } catch (error) {
    return error as ApiError
  }
  throw new Error('No error')
}

describe('buildLogEvent', () => {
  it('has the members of an event in the OpenAPI document', () => {
    const event = buildLogEvent(entry({ targets: [appEntity({ id: '0oa1', label: 'App' })] }))
    expect(Object.keys(event)).toEqual(
      'actor,client,device,authenticationContext,displayMessage,eventType,outcome,published,securityContext,severity,debugContext,legacyEventType,transaction,uuid,version,request,target'.split(
        ',',
      ),
    )
    expect(event).toMatchObject({
      actor: {
        id: '00uada',
        type: 'User',
        alternateId: 'ada@example.com',
        displayName: 'Ada Lovelace',
        detailEntry: null,
      },
      client: { userAgent: { os: 'Linux', browser: 'CHROME' }, device: 'Computer', ipAddress: '127.0.0.1' },
      displayMessage: 'User login to Okta',
      outcome: { result: 'SUCCESS', reason: null },
      legacyEventType: 'core.user_auth.login_success',
      published: '2026-06-01T11:59:59.000Z',
      target: [{ id: '0oa1', type: 'AppInstance', displayName: 'App' }],
      request: { ipChain: [{ ip: '127.0.0.1', version: 'V4' }] },
    })
  })

  it('reports a failed token request as a warning with its reason', () => {
    const event = buildLogEvent(
      entry({
        eventType: 'app.oauth2.as.token.grant',
        actor: clientEntity({ id: '0oa1', label: 'App' }),
        targets: [tokenEntity('access_token', 'AT.1')],
        outcome: { result: 'FAILURE', reason: 'invalid_grant' },
        request: { id: 'r1', path: '/oauth2/default/v1/token', apiTokenId: '00T1' },
        debugData: { grantType: 'refresh_token' },
      }),
    )
    expect(event).toMatchObject({
      severity: 'WARN',
      outcome: { result: 'FAILURE', reason: 'invalid_grant' },
      debugContext: { debugData: { requestUri: '/oauth2/default/v1/token', grantType: 'refresh_token' } },
      transaction: { id: 'r1', detail: { requestApiTokenId: '00T1' } },
    })
  })

  it('has a message for each event type', () => {
    for (const eventType of Object.keys(EVENT_TYPES) as EventTypeName[]) {
      expect(buildLogEvent(entry({ eventType })).displayMessage).not.toBe('')
    }
  })
})

describe('listLogEvents', () => {
  it('returns the events of the last seven days when there are no parameters', () => {
    expect(list(logOf(8 * 24 * 60, 60, 1), {}).ids).toEqual(['event-60', 'event-1'])
  })

  it('returns each event once when a client polls', () => {
    const log = logOf(30, 20, 10)
    const first = list(log, { limit: '2' })
    expect(first.ids).toEqual(['event-30', 'event-20'])
    const second = list(log, first.next ?? {})
    expect(second.ids).toEqual(['event-10'])
    const third = list(log, second.next ?? {})
    expect(third.ids).toEqual([])
    // Logged later, but with an earlier time.
    const late = { sequence: 4, event: buildLogEvent(entry({ uuid: 'late', published: new Date(NOW - 3_600_000) })) }
    expect(list([...log, late], third.next ?? {}).ids).toEqual(['late'])
  })

  it('continues a poll whose filter matches nothing', () => {
    const log = logOf(30, 20)
    const { ids, next } = list(log, { filter: 'eventType eq "user.session.end"' })
    expect(ids).toEqual([])
    expect(next).toMatchObject({ filter: 'eventType eq "user.session.end"', after: expect.stringMatching(/_2$/) })
  })

  it.each([
    ['ASCENDING', ['event-30', 'event-20', 'event-10']],
    ['DESCENDING', ['event-10', 'event-20', 'event-30']],
  ])('ends the pages of a bounded request in %s order', (sortOrder, expected) => {
    const log = logOf(20, 30, 10)
    const bounds = { since: '2026-06-01T00:00:00.000Z', until: '2026-06-01T14:00:00+02:00', sortOrder, limit: '1' }
    const found: string[] = []
    for (let query: LogParameters | undefined = bounds; query !== undefined; ) {
      const { ids, next } = list(log, query)
      found.push(...ids)
      query = next
    }
    expect(found).toEqual(expected)
  })

  it('excludes events outside of since and until', () => {
    const bounds = { since: '2026-06-01T11:30:00.000Z', until: '2026-06-01T11:50:00.000Z' }
    expect(list(logOf(31, 30, 20, 10, 9), bounds).ids).toEqual(['event-30', 'event-20'])
  })

  it('does not return events after 90 days', () => {
    const since = new Date(NOW - 120 * 86_400_000).toISOString()
    expect(list(logOf(91 * 24 * 60, 89 * 24 * 60), { since }).ids).toEqual([`event-${89 * 24 * 60}`])
  })

  it('applies q and filter', () => {
    const log = logOf(2, 1)
    expect(list(log, { q: 'lovelace', filter: 'uuid eq "event-1"' }).ids).toEqual(['event-1'])
    expect(list(log, { q: 'hopper' }).ids).toEqual([])
  })

  it('has a self link with the effective limit', () => {
    expect(list([], { q: 'a b', since: '2026-06-01T00:00:00.000Z' }).self).toBe(
      'https://example.okta.com/api/v1/logs?q=a+b&limit=100&since=2026-06-01T00%3A00%3A00.000Z',
    )
  })

  it('returns no events, but a next link, when the limit is 0', () => {
    const { ids, next } = list(logOf(2, 1), { limit: '0' })
    expect(ids).toEqual([])
    expect(list(logOf(2, 1), { ...next, limit: '5' }).ids).toEqual(['event-2', 'event-1'])
  })

  const dateError =
    "Api validation failed: 'until': The date format in your query is not recognized. Please enter dates using ISO8601 string format. 'until': must be a valid date-time or empty."
  it.each<[LogParameters, string, string]>([
    [{ until: 'yesterday' }, 'E0000001', dateError],
    [{ until: '2026-01-01' }, 'E0000001', dateError],
    [
      { since: '2020-01-01T00:00:00.000Z' },
      'E0000053',
      'Invalid parameter: The since parameter is over 180 days prior to the current day.',
    ],
    [{ since: '2026-06-01T00:00:00Z', after: '1_1' }, 'E0000063', 'Invalid combination of parameters specified.'],
    [{ after: 'unknown' }, 'E0000031', 'Invalid search criteria.'],
    [{ limit: '1001' }, 'E0000001', 'Api validation failed: RequestParams'],
    [{ limit: '-1' }, 'E0000001', 'Api validation failed: RequestParams'],
    [{ limit: '' }, 'E0000037', 'Type mismatch exception.  limit'],
    [{ limit: 'x' }, 'E0000037', 'Type mismatch exception.  limit'],
    [{ sortOrder: 'asc' }, 'E0000001', 'Api validation failed: RequestParams'],
    [{ filter: 'nope eq "x"' }, 'E0000053', 'field is not valid: nope'],
  ])('rejects %j', (parameters, errorCode, errorSummary) => {
    expect(apiError(parameters)).toMatchObject({ errorCode, errorSummary, status: 400 })
  })
})
