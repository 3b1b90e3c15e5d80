import type { ListKind } from './list-kinds.js'
import type { Page } from './take-page.js'

/** The parameters that a link repeats, in the order of recorded links. The position of the last four is inferred. */
const REPEATED = ['q', 'search', 'filter', 'sortBy', 'sortOrder', 'fields', 'expand'] as const

/** The parameters of a request that its links repeat. Leave out those that the list ignores, such as `sortOrder` without `sortBy`. */
export type RepeatedParameters = { readonly [name in (typeof REPEATED)[number]]?: string | undefined }

/**
 * The `Link` headers of a list, one for each relation. As Okta does, the URLs are built from the effective parameters, first
 * `after` and `limit`, and encoded as a form.
 *
 * @returns an empty array for a list without links
 * @example
 * linkHeaders(new URL('https://example.okta.com/api/v1/users'), page, { filter: 'status eq "ACTIVE"' }, LISTS.users)
 * // ['<https://example.okta.com/api/v1/users?limit=200&filter=status+eq+%22ACTIVE%22>; rel="self"']
 */
export function linkHeaders(
  url: URL,
  { limit, after, next }: Pick<Page<unknown>, 'limit' | 'after' | 'next'>,
  repeated: RepeatedParameters,
  list: ListKind,
): string[] {
  const link = (cursor: string | undefined, relation: string) => {
    const parameters = new URLSearchParams()
    if (cursor !== undefined) parameters.set('after', cursor)
    parameters.set('limit', String(limit))
    for (const name of REPEATED) {
      const value = repeated[name]
      if (value !== undefined) parameters.set(name, value)
    }
    const target = new URL(url)
    target.search = parameters.toString()
    return `<${target.href}>; rel="${relation}"`
  }
  return [...(list.hasSelfLink ? [link(after, 'self')] : []), ...(next === undefined ? [] : [link(next, 'next')])]
}
