import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ApiError } from '../http/errors/errors.js'
import { linkHeaders } from './link-headers.js'
import { LISTS, type ListKind } from './list-kinds.js'
import { takePage } from './take-page.js'

const ids = (count: number) => Array.from({ length: count }, (_, at) => ({ id: `00u${String(at).padStart(17, '0')}` }))
const everything = () => true
const USERS = new URL('https://example.okta.com/api/v1/users')

function apiError(action: () => unknown): ApiError {
  try {
    action()
  } catch (error) {
    return error as ApiError
  }
  throw new Error('No error')
}

/** The `after` parameter of a `next` link. */
function nextCursor(links: readonly string[]): string | undefined {
  const target = links.find(link => link.endsWith('rel="next"'))?.match(/<(.*)>/)?.[1]
  return target === undefined ? undefined : (new URL(target).searchParams.get('after') ?? undefined)
}

describe('takePage', () => {
  it('returns each resource once when a client follows the next links', () => {
    const property = fc.property(
      fc.nat({ max: 50 }),
      fc.integer({ min: 1, max: 20 }),
      fc.constantFrom<ListKind>(LISTS.users, LISTS.usersSearch),
      (count, limit, list) => {
        const all = ids(count)
        const isEven = ({ id }: { id: string }) => Number(id.at(-1)) % 2 === 0
        const found: string[] = []
        let after: string | undefined
        do {
          const page = takePage(all, isEven, { after, limit: String(limit) }, list)
          found.push(...page.items.map(({ id }) => id))
          after = nextCursor(linkHeaders(USERS, page, {}, list))
        } while (after !== undefined)
        expect(found).toEqual(all.filter(isEven).map(({ id }) => id))
      },
    )
    fc.assert(property)
  })

  it('continues after a resource that does not match any more', () => {
    const all = ids(4)
    const { next } = takePage(all, everything, { limit: '2' }, LISTS.users)
    const isLeft = ({ id }: { id: string }) => id !== all[0]?.id && id !== all[1]?.id
    expect(takePage(all, isLeft, { limit: '2', after: next }, LISTS.users).items).toEqual(all.slice(2))
  })

  it('puts a digit before the ID in cursors of users without search', () => {
    const all = ids(2)
    expect(takePage(all, everything, { limit: '1' }, LISTS.users).next).toBe('200u00000000000000000')
    expect(takePage(all, everything, { limit: '1' }, LISTS.usersSearch).next).toBe('00u00000000000000000')
  })

  it.each([
    ['users', 'x', 'E0000031'],
    ['users', '', 'E0000031'],
    ['users', '00u00000000000000000', 'E0000031'],
    ['usersSearch', '200u00000000000000000', 'E0000031'],
    ['usersKeyword', '00u00000000000000000', 'E0000031'],
    ['groups', '00gunknown', 'E0000031'],
    ['apps', '0oaunknown', 'E0000029'],
  ] as const)('rejects the cursor of %s: %s', (list, after, errorCode) => {
    const error = apiError(() => takePage(ids(1), everything, { after }, LISTS[list]))
    expect(error).toMatchObject({ errorCode, status: 400, causes: ['Invalid cursor.'] })
  })

  it('has no next page when a list has no pages', () => {
    const page = takePage(ids(20), everything, {}, LISTS.usersKeyword)
    expect(page.items).toHaveLength(10)
    expect(page.next).toBeUndefined()
  })

  it.each([
    [undefined, 200],
    ['1', 1],
    ['200', 200],
    ['1000', 200],
  ])('limits users to the effective limit when limit is %s', (limit, expected) => {
    expect(takePage(ids(300), everything, { limit }, LISTS.users)).toMatchObject({ limit: expected })
    expect(takePage(ids(300), everything, { limit }, LISTS.users).items).toHaveLength(expected)
  })

  it('accepts the limit -1 for apps', () => {
    expect(takePage(ids(30), everything, { limit: '-1' }, LISTS.apps).items).toHaveLength(20)
  })

  it.each([
    ['abc', 'E0000037'],
    ['', 'E0000037'],
    ['1.5', 'E0000037'],
    ['1e2', 'E0000037'],
    ['99999999999', 'E0000037'],
    ['0', 'E0000001'],
    ['-1', 'E0000001'],
    ['-5', 'E0000001'],
  ])('rejects the limit %j', (limit, errorCode) => {
    expect(apiError(() => takePage(ids(1), everything, { limit }, LISTS.users))).toMatchObject({ errorCode })
  })
})

describe('linkHeaders', () => {
  it('builds the links in the order and encoding of Okta', () => {
    const search = 'profile.email eq "a@b.c" and (id pr)'
    const page = { limit: 25, after: '00u1', next: '00u2' }
    const encoded = 'search=profile.email+eq+%22a%40b.c%22+and+%28id+pr%29'
    expect(linkHeaders(USERS, page, { search }, LISTS.usersSearch)).toEqual([
      `<https://example.okta.com/api/v1/users?after=00u1&limit=25&${encoded}>; rel="self"`,
      `<https://example.okta.com/api/v1/users?after=00u2&limit=25&${encoded}>; rel="next"`,
    ])
  })

  it('puts q before filter, and omits after in the first page', () => {
    const page = { limit: 20, after: undefined, next: undefined }
    expect(linkHeaders(USERS, page, { filter: 'id eq "a:b"', q: 'x' }, LISTS.apps)).toEqual([
      '<https://example.okta.com/api/v1/users?limit=20&q=x&filter=id+eq+%22a%3Ab%22>; rel="self"',
    ])
  })

  it('returns no links for q of groups', () => {
    const page = takePage(ids(400), everything, {}, LISTS.groupsKeyword)
    expect(page.items).toHaveLength(300)
    expect(linkHeaders(USERS, page, { q: 'x' }, LISTS.groupsKeyword)).toEqual([])
  })
})
