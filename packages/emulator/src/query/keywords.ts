import { ApiError } from '../http/errors.js'
import { type Predicate, valuesAt } from './expression/compile-expression.js'

/**
 * `q` of users: a prefix of the first name, last name or email address, in any case. As in Okta, deprovisioned users do not
 * match.
 */
export function usersKeyword(q: string): Predicate {
  const matches = startsWith(q, ['profile.firstName', 'profile.lastName', 'profile.email'])
  return user => matches(user) && valuesAt(user, ['status'])[0] !== 'DEPROVISIONED'
}

/** `q` of groups: a prefix of the name. That case is ignored is inferred. */
export function groupsKeyword(q: string): Predicate {
  return startsWith(q, ['profile.name'])
}

/** `q` of apps: a prefix of the name or label. That case is ignored is inferred. */
export function appsKeyword(q: string): Predicate {
  return startsWith(q, ['name', 'label'])
}

/** `q` of trusted origins: a prefix of the name or origin. That case is ignored is inferred. */
export function trustedOriginsKeyword(q: string): Predicate {
  return startsWith(q, ['name', 'origin'])
}

/**
 * `q` of the system log: at most 10 keywords of 40 characters, separated by spaces. Each must be equal to a word of the
 * event, in any case. Parts of a word between hyphens are words too (System Log query, "Keyword filter").
 */
export function logsKeyword(q: string): Predicate {
  const keywords = q
    .toLowerCase()
    .split(/\s+/)
    .filter(keyword => keyword !== '')
  if (keywords.length > 10) throw invalidKeywords('Freeform search cannot contain more than 10 items.')
  if (keywords.some(keyword => keyword.length > 40)) {
    throw invalidKeywords(
      'Freeform search cannot contain items longer than 40 characters. Please shorten the items in your search or use an advanced filter to query by specific fields.',
    )
  }
  return event => {
    const words = new Set(texts(event).flatMap(wordsOf))
    return keywords.every(keyword => words.has(keyword))
  }
}

function invalidKeywords(message: string): ApiError {
  return new ApiError('E0000001', `Api validation failed: 'q': ${message}`, { status: 400 })
}

function startsWith(q: string, properties: readonly string[]): Predicate {
  // An empty text would match everything, as if the parameter were ignored. The error is inferred.
  if (q.trim() === '')
    throw new ApiError('E0000031', 'Invalid search criteria.', { causes: ['Invalid search syntax.'] })
  const prefix = q.toLowerCase()
  const paths = properties.map(property => property.split('.'))
  return resource =>
    paths.some(path =>
      valuesAt(resource, path).some(value => typeof value === 'string' && value.toLowerCase().startsWith(prefix)),
    )
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value.toLowerCase()]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(texts)
}

function wordsOf(text: string): string[] {
  const words = [...text.split(/\s+/), ...text.split(/[^\p{L}\p{N}._-]+/u)]
  return [...words, ...words.flatMap(word => word.split('-'))]
}
