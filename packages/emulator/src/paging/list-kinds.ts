import { ApiError } from '../http/errors/errors.js'
import { invalidSearchCriteria } from '../query/list-rules.js'

/** How a list is paged. */
export interface ListKind {
  readonly defaultLimit: number
  /** A larger limit is reduced to this one, as recorded for the targets of roles. */
  readonly maxLimit: number
  /** Whether -1 stands for the default. Default: false. */
  readonly allowsMinusOne?: boolean
  /** Whether the list has pages. Otherwise it has no `next` link, and `after` is rejected. */
  readonly hasPages: boolean
  /** Whether the list has a `self` link. */
  readonly hasSelfLink: boolean
  /** The digit before the ID of the last resource in a cursor. Default: none. */
  readonly cursorDigit?: string
  readonly invalidCursor: () => ApiError
}

const paged = (defaultLimit: number, maxLimit: number, kind: Partial<ListKind> = {}): ListKind => ({
  defaultLimit,
  maxLimit,
  hasPages: true,
  hasSelfLink: true,
  invalidCursor: () => invalidSearchCriteria('Invalid cursor.'),
  ...kind,
})

/**
 * The lists of the API. Defaults are those in recorded `self` links, maximums those of the OpenAPI document; the maximums of
 * `groupUsers` and `groupsKeyword` are inferred. The error for an unknown cursor is recorded for apps and devices, and
 * inferred for the other lists.
 */
export const LISTS = {
  /** `users` without parameters, or with `filter`. */
  users: paged(200, 200, { cursorDigit: '2' }),
  usersSearch: paged(200, 200),
  usersKeyword: paged(10, 200, { hasPages: false }),
  userGroups: paged(200, 200, { hasPages: false }),
  userGrants: paged(20, 200),
  groups: paged(10_000, 10_000),
  groupsKeyword: paged(300, 10_000, { hasPages: false, hasSelfLink: false }),
  groupUsers: paged(1000, 1000),
  groupApps: paged(20, 200),
  /** The OpenAPI document has -1 as the default limit. */
  apps: paged(20, 200, {
    allowsMinusOne: true,
    invalidCursor: () => new ApiError('E0000029', 'Invalid paging request.', { causes: ['Invalid cursor.'] }),
  }),
  appUsers: paged(50, 500),
  appGroups: paged(20, 200),
  appTokens: paged(20, 200),
  trustedOrigins: paged(20, 200),
} as const satisfies Record<string, ListKind>
