import { ApiError } from '../http/errors/errors.js'
import type { ExpressionError } from './expression/expression-error.js'
import type { Operator } from './expression/parse-expression.js'
import type { ExpressionRules, Property } from './expression/rules.js'
import { BASE_USER_ATTRIBUTES } from './user-attributes.js'

const EQUAL: readonly Operator[] = ['eq']
const ORDER: readonly Operator[] = ['eq', 'gt', 'ge', 'lt', 'le']
const SEARCH: readonly Operator[] = [...ORDER, 'sw', 'pr']
const CONTAINS: readonly Operator[] = [...SEARCH, 'co']

const text: Property = { type: 'string', operators: EQUAL }
const date: Property = { type: 'date', operators: ORDER }
const searchText: Property = { type: 'string', operators: SEARCH }
const searchContains: Property = { type: 'string', operators: CONTAINS }
// Whether Okta accepts sw for a date is not documented.
const searchDate: Property = { type: 'date', operators: [...ORDER, 'pr'] }
const customAttribute: Property = { type: 'any', operators: SEARCH }

/** The rules of `filter` at `GET /api/v1/users`. Values are case-sensitive. */
export const USERS_FILTER = filterRules({
  id: text,
  status: text,
  lastUpdated: date,
  'profile.login': text,
  'profile.email': text,
  'profile.firstName': text,
  'profile.lastName': text,
})

/** The rules of `filter` at `GET /api/v1/groups`. That values are case-sensitive is inferred from the filter of users. */
export const GROUPS_FILTER = filterRules({ id: text, type: text, lastUpdated: date, lastMembershipUpdated: date })

/**
 * The rules of `filter` at `GET /api/v1/apps`. `user.id` and `group.id` are assignments: add `user` and `group`, each an
 * array of `{ id }`, to the apps that are matched. That values are case-sensitive is inferred from the filter of users.
 */
export const APPS_FILTER = filterRules({
  id: text,
  status: text,
  name: text,
  'credentials.signing.kid': text,
  'settings.slo.enabled': { type: 'boolean', operators: EQUAL },
  'user.id': text,
  'group.id': text,
})

/**
 * The rules of `filter` at `GET /api/v1/trustedOrigins`. `type` is the type of any scope. The operator is inferred from the
 * example.
 */
export const TRUSTED_ORIGINS_FILTER = filterRules({
  name: text,
  origin: text,
  status: text,
  type: { ...text, path: 'scopes.type' },
})

/**
 * The rules of `search` at `GET /api/v1/users`. Values are case-insensitive, diacritics are significant. A profile
 * attribute that is neither a base attribute nor custom is rejected, which is inferred.
 *
 * @param customAttributes the names of the custom attributes in the user profile
 */
export function usersSearch(customAttributes: Iterable<string> = []): ExpressionRules {
  return searchRules({
    id: searchText,
    status: searchText,
    created: searchDate,
    activated: searchDate,
    statusChanged: searchDate,
    lastUpdated: searchDate,
    'type.id': searchText,
    ...profile(customAttributes, customAttribute),
    ...profile(BASE_USER_ATTRIBUTES, searchText),
    ...profile(['firstName', 'lastName', 'email', 'login'], searchContains),
  })
}

/**
 * The rules of `search` at `GET /api/v1/groups`. Only `eq`, `sw` and `co` are listed, and `gt` and `lt` occur in examples;
 * the other operators are inferred from the search of users.
 *
 * @param customAttributes the names of the custom attributes in the group profile
 */
export function groupsSearch(customAttributes: Iterable<string> = []): ExpressionRules {
  return searchRules({
    id: searchText,
    type: searchText,
    created: searchDate,
    lastUpdated: searchDate,
    lastMembershipUpdated: searchDate,
    'source.id': searchText,
    ...profile(customAttributes, customAttribute),
    ...profile(['name', 'description'], searchContains),
  })
}

/** The error for an invalid `filter` (okta-sdk-java#593), or an invalid `search` with a cause (okta-powershell-cli#48). */
export function invalidSearchCriteria(...causes: readonly string[]): ApiError {
  return new ApiError('E0000031', 'Invalid search criteria.', { status: 400, causes })
}

/** The error for a value that must be a date. Where Okta sends it is inferred. */
export function invalidDate(): ApiError {
  const format = "yyyy-MM-dd'T'HH:mm:ss.SSSZZ, e.g. 2013-01-01T12:00:00.000-07:00."
  return new ApiError('E0000030', `Bad request. Invalid date. Dates must be of the form ${format}`, { status: 400 })
}

/** The cause of {@link invalidSearchCriteria} for an invalid `search`. */
export const INVALID_SEARCH_SYNTAX = 'Invalid search syntax.'

function profile(names: Iterable<string>, property: Property): Record<string, Property> {
  return Object.fromEntries(Array.from(names, name => [`profile.${name}`, property]))
}

function filterRules(properties: Record<string, Property>): ExpressionRules {
  return { ...listRules(properties), ignoresCase: false, toApiError: error => toApiError(error, []) }
}

function searchRules(properties: Record<string, Property>): ExpressionRules {
  return {
    ...listRules(properties),
    ignoresCase: true,
    toApiError: error => toApiError(error, [INVALID_SEARCH_SYNTAX]),
  }
}

function listRules(properties: Record<string, Property>): Pick<ExpressionRules, 'property' | 'allowsNot'> {
  const byName = new Map(Object.entries(properties))
  return { property: name => byName.get(name), allowsNot: false }
}

function toApiError({ problem }: ExpressionError, causes: readonly string[]): ApiError {
  return problem === 'date' ? invalidDate() : invalidSearchCriteria(...causes)
}
