import { ApiError } from '../http/errors/errors.js'
import type { ExpressionError } from './expression/expression-error.js'
import { COMPARISON_OPERATORS, type Operator } from './expression/parse-expression.js'
import type { ExpressionRules, Property } from './expression/rules.js'

const ALL: readonly Operator[] = [...COMPARISON_OPERATORS, 'pr']
const text: Property = { type: 'string', operators: ALL }
/** An object. It has no value to compare. */
const node: Property = { type: 'any', operators: ['pr'] }
const value: Property = { type: 'any', operators: ALL }
const withoutContains: Property = { type: 'string', operators: ALL.filter(operator => operator !== 'co') }

const geography = ['city', 'country', 'postalCode', 'state']
const entity = ['id', 'type', 'alternateId', 'displayName']
const texts = [
  'displayMessage',
  'eventType',
  'legacyEventType',
  'severity',
  'uuid',
  'version',
  ...entity.flatMap(name => [`actor.${name}`, `target.${name}`]),
  ...['id', 'device', 'ipAddress', 'zone'].map(name => `client.${name}`),
  ...['browser', 'os', 'rawUserAgent'].map(name => `client.userAgent.${name}`),
  ...geography.flatMap(name => [`client.geographicalContext.${name}`, `request.ipChain.geographicalContext.${name}`]),
  ...['ip', 'source', 'version'].map(name => `request.ipChain.${name}`),
  ...['reason', 'result'].map(name => `outcome.${name}`),
  ...['id', 'type'].map(name => `transaction.${name}`),
  ...[
    'authenticationProvider',
    'credentialProvider',
    'credentialType',
    'externalSessionId',
    'interface',
    'issuer.id',
    'issuer.type',
    'rootSessionId',
  ].map(name => `authenticationContext.${name}`),
  ...['asOrg', 'domain', 'isp'].map(name => `securityContext.${name}`),
]
const properties = new Map<string, Property>([
  ...texts.map(name => [name, text] as const),
  ...['asNumber', 'isProxy'].map(name => [`securityContext.${name}`, value] as const),
  ['authenticationContext.authenticationStep', value],
  ...[
    'actor',
    'target',
    'client',
    'client.userAgent',
    'client.geographicalContext',
    'outcome',
    'request',
    'request.ipChain',
  ].map(name => [name, node] as const),
  ...['transaction', 'authenticationContext', 'securityContext', 'debugContext', 'debugContext.debugData'].map(
    name => [name, node] as const,
  ),
  ['debugContext.debugData.url', withoutContains],
  ['debugContext.debugData.requestUri', withoutContains],
  // These two names are in examples of the System Log query guide.
  ['event_type', { ...text, path: 'eventType' }],
  ['display_message', { ...text, path: 'displayMessage' }],
])
/** Objects whose members depend on the event type. */
const OPEN = /^(?:debugContext\.debugData|transaction\.detail|actor\.detailEntry|target\.detailEntry)\./

/**
 * The rules of `filter` at `GET /api/v1/logs`: all operators, but not `published` (System Log query, "Expression filter").
 * That values are case-sensitive is inferred.
 */
export const LOGS_FILTER: ExpressionRules = {
  property: name => properties.get(name) ?? (OPEN.test(name) ? value : undefined),
  allowsNot: true,
  ignoresCase: false,
  toApiError,
}

/** The texts of the System Log query guide, "Errors". The text for malformed expressions is inferred. */
function toApiError({ problem, detail, position, property }: ExpressionError, filter: string): ApiError {
  switch (problem) {
    case 'operator':
      return invalidFilter(
        `Invalid filter '${filter}': Unrecognized attribute operator '${detail}' at position ${position}. Expected: eq,co,sw,pr,gt,ge,lt,le`,
      )
    case 'property':
      return invalidFilter(`field is not valid: ${detail}`)
    case 'combination':
      return new ApiError(
        'E0000031',
        `The supplied combination of operator and field is not currently supported. Operator: ${detail}, Field: ${property}`,
        { status: 400 },
      )
    default:
      return invalidFilter(`Invalid filter '${filter}': ${detail} at position ${position}.`)
  }
}

function invalidFilter(summary: string): ApiError {
  return new ApiError('E0000053', summary, { status: 400 })
}
