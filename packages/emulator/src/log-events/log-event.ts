import { isIPv6 } from 'node:net'
import { describeEventType, type EventTypeName } from './event-types.js'
import type { LogEntity } from './log-entity.js'
import { describeUserAgent } from './user-agent.js'

/** What happened. */
export interface LogEntry {
  readonly uuid: string
  readonly eventType: EventTypeName
  readonly actor: LogEntity
  /** Default: none. */
  readonly targets?: readonly LogEntity[]
  /** Default: success. The reason of a failure is a code such as `INVALID_CREDENTIALS` or `invalid_grant`. */
  readonly outcome?: { readonly result: 'SUCCESS' } | { readonly result: 'FAILURE'; readonly reason: string }
  readonly client: {
    readonly ipAddress: string
    readonly userAgent: string
    /** The ID of the OAuth client of the request. Default: none. */
    readonly id?: string | undefined
  }
  readonly request: {
    /** As in `x-okta-request-id`. */
    readonly id: string
    /** Without the query, which can have secrets. */
    readonly path: string
    /** The ID of the API token of the request. Default: none. */
    readonly apiTokenId?: string | undefined
  }
  /** Default: none. */
  readonly sessionId?: string | undefined
  /** More members of `debugContext.debugData`, for example `grantType` or `requestedScopes`. Okta's are strings. */
  readonly debugData?: Readonly<Record<string, string>>
  readonly published: Date
}

/** An event as `GET /api/v1/logs` returns it. */
export type LogEvent = ReturnType<typeof buildLogEvent>

/**
 * Builds an event of the system log. Members and their order are those of the `LogEvent` example in Okta's OpenAPI document;
 * there is no location and no device.
 */
export function buildLogEvent(entry: LogEntry) {
  const { uuid, eventType, actor, targets = [], client, request, debugData, published } = entry
  const outcome = entry.outcome ?? { result: 'SUCCESS' }
  const { displayMessage, legacyEventType } = describeEventType(eventType)
  const sessionId = entry.sessionId ?? 'unknown'
  return {
    actor,
    client: {
      ...describeUserAgent(client.userAgent),
      zone: 'null',
      id: client.id ?? null,
      ipAddress: client.ipAddress,
      geographicalContext: null,
    },
    device: null,
    authenticationContext: {
      authenticationProvider: null,
      credentialProvider: null,
      credentialType: null,
      issuer: null,
      interface: null,
      authenticationStep: 0,
      rootSessionId: sessionId,
      externalSessionId: sessionId,
    },
    displayMessage,
    eventType,
    outcome: { result: outcome.result, reason: 'reason' in outcome ? outcome.reason : null },
    published: published.toISOString(),
    securityContext: { asNumber: null, asOrg: null, isp: null, domain: null, isProxy: null },
    // Inferred: failed token requests are warnings, all other events are informational.
    severity: outcome.result === 'FAILURE' && eventType.startsWith('app.oauth2.') ? 'WARN' : 'INFO',
    debugContext: {
      debugData: { requestId: request.id, requestUri: request.path, url: `${request.path}?`, ...debugData },
    },
    legacyEventType: legacyEventType ?? null,
    transaction: {
      type: 'WEB',
      id: request.id,
      detail: request.apiTokenId === undefined ? {} : { requestApiTokenId: request.apiTokenId },
    },
    uuid,
    version: '0',
    request: {
      ipChain: [
        {
          ip: client.ipAddress,
          geographicalContext: null,
          version: isIPv6(client.ipAddress) ? 'V6' : 'V4',
          source: null,
        },
      ],
    },
    target: targets,
  }
}
