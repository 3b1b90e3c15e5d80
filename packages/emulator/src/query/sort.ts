import { valuesAt } from './expression/compile-expression.js'
import type { ExpressionRules } from './expression/rules.js'
import { INVALID_SEARCH_SYNTAX, invalidSearchCriteria } from './list-rules.js'

/**
 * Sorts the results of a search as `sortBy` and `sortOrder` demand. Resources with equal values are in the order of their
 * IDs, and those without a value come last, which is inferred. Text is compared as the search compares it.
 *
 * @param sortBy a property that the search supports, for example `profile.lastName`
 * @param sortOrder `asc` or `desc`, in any case. Default: `asc`
 * @throws {ApiError} for an unsupported property or another order. Which error Okta sends is inferred
 */
export function sortResources<T extends { readonly id: string }>(
  resources: readonly T[],
  { sortBy, sortOrder = 'asc', rules }: { sortBy: string; sortOrder?: string | undefined; rules: ExpressionRules },
): T[] {
  const order = sortOrder.toLowerCase()
  if (rules.property(sortBy) === undefined || (order !== 'asc' && order !== 'desc')) {
    throw invalidSearchCriteria(INVALID_SEARCH_SYNTAX)
  }
  const path = sortBy.split('.')
  const keyOf = (resource: T) => sortKey(valuesAt(resource, path)[0], rules.ignoresCase)
  const direction = order === 'asc' ? 1 : -1
  return resources
    .map(resource => ({ resource, key: keyOf(resource) }))
    .sort((a, b) => compareKeys(a.key, b.key, direction) || compare(a.resource.id, b.resource.id))
    .map(({ resource }) => resource)
}

function sortKey(value: unknown, ignoresCase: boolean): string | number | undefined {
  if (value === null || value === undefined) return undefined
  if (typeof value === 'number') return value
  return ignoresCase ? String(value).toLowerCase() : String(value)
}

function compareKeys(a: string | number | undefined, b: string | number | undefined, direction: 1 | -1): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  // Values of different types are ordered as text.
  return direction * (typeof a === typeof b ? compare(a, b) : compare(String(a), String(b)))
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : Number(a > b)
}
