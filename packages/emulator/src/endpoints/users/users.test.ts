import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callApi, serviceToken, userTokens } from '../../../test/support/relying-party.test.support.js'
import { parseConfig } from '../../config/config-file.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'

interface User {
  id: string
  status: string
  created: string
  profile: { login: string }
  _links: { self: { href: string } }
}

let okta: OktaEmulator
let token: string
beforeAll(async () => {
  okta = await startOktaEmulator()
  token = await serviceToken(okta)
})
afterAll(() => okta.close())

function links(headers: Headers): { self?: string; next?: string } {
  const found = [...(headers.get('link') ?? '').matchAll(/<([^>]+)>; rel="(\w+)"/g)]
  return Object.fromEntries(found.map(([, url, relation]) => [relation, url]))
}

async function list(path: string) {
  const { status, headers, text } = await callApi(okta, path, token)
  return { status, links: links(headers), users: JSON.parse(text) as User[] }
}

describe('GET /api/v1/users', () => {
  it('lists users in Okta’s format', async () => {
    const { users } = await list('/api/v1/users')
    expect(users).toHaveLength(28)
    expect(users[0]).toMatchObject({
      id: okta.users[0]?.id,
      status: 'ACTIVE',
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      activated: expect.any(String),
      profile: { firstName: 'Ada', lastName: 'Lovelace', login: okta.users[0]?.login, email: okta.users[0]?.login },
      _links: { self: { href: `${okta.orgUrl.origin}/api/v1/users/${okta.users[0]?.id}` } },
    })
    expect(new Set(users.map(user => user.profile.login)).size).toBe(28)
  })

  it('returns the whole directory when the next links are followed', async () => {
    const ids: string[] = []
    const sizes: number[] = []
    let next: string | undefined = '/api/v1/users?limit=10'
    while (next !== undefined) {
      const page: Awaited<ReturnType<typeof list>> = await list(next)
      expect(page.links).toHaveProperty('self')
      ids.push(...page.users.map(user => user.id))
      sizes.push(page.users.length)
      next = page.links.next
    }
    expect(sizes).toEqual([10, 10, 8])
    expect(new Set(ids).size).toBe(28)
  })

  it('returns no next link on the last page', async () => {
    expect((await list('/api/v1/users?limit=28')).links).not.toHaveProperty('next')
  })

  it('lists 20,000 users in pages of 200', async () => {
    await using large = await startOktaEmulator(parseConfig('people: 20000'))
    const value = large.apiTokens[0]?.value
    const ids = new Set<string>()
    let next: string | undefined = '/api/v1/users'
    while (next !== undefined) {
      const { headers, text }: Awaited<ReturnType<typeof callApi>> = await callApi(large, next, value, 'SSWS')
      for (const { id } of JSON.parse(text) as User[]) ids.add(id)
      next = links(headers).next
    }
    expect(ids.size).toBe(20_003)
  })

  it('rejects a cursor that no user has', async () => {
    expect(await callApi(okta, '/api/v1/users?after=200uUnknownUser000000', token)).toMatchObject({
      status: 400,
      body: { errorCode: 'E0000031', errorCauses: [{ errorSummary: 'Invalid cursor.' }] },
    })
  })

  it('finds only the users that match a search or a filter', async () => {
    const logins = async (query: string) => (await list(`/api/v1/users?${query}`)).users.map(user => user.profile.login)
    expect(await logins('search=profile.login eq "GRACE.HOPPER@EXAMPLE.COM"')).toEqual(['grace.hopper@example.com'])
    expect(await logins('filter=profile.login eq "grace.hopper@example.com"')).toEqual(['grace.hopper@example.com'])
    expect(await logins('filter=profile.login eq "GRACE.HOPPER@EXAMPLE.COM"')).toEqual([])
    expect(await logins('q=lovel')).toEqual(['ada.lovelace@example.com'])
  })

  it.each([
    ['search=profile.login', 'E0000031'],
    ['search=profile.login ne "x"', 'E0000031'],
    ['filter=profile.department eq "x"', 'E0000031'],
    ['search=created gt "yesterday"', 'E0000030'],
    ['search=', 'E0000031'],
    ['filter=', 'E0000031'],
    ['q=', 'E0000031'],
    ['sortBy=profile.lastName', 'E0000001'],
    ['search=status eq "ACTIVE"&filter=status eq "ACTIVE"', 'E0000033'],
  ])('rejects %s with %s', async (query, errorCode) => {
    expect(await callApi(okta, `/api/v1/users?${query}`, token)).toMatchObject({ status: 400, body: { errorCode } })
  })

  it('builds links from the effective parameters, in the order of recorded links', async () => {
    const { links: found } = await list('/api/v1/users?limit=1&filter=status eq "ACTIVE"')
    const base = `${okta.orgUrl.origin}/api/v1/users`
    expect(found).toEqual({
      self: `${base}?limit=1&filter=status+eq+%22ACTIVE%22`,
      next: `${base}?after=2${okta.users[0]?.id}&limit=1&filter=status+eq+%22ACTIVE%22`,
    })
  })

  it.each([
    ['0', 'E0000001'],
    ['-1', 'E0000001'],
    ['many', 'E0000037'],
  ])('rejects the limit %s', async (limit, errorCode) => {
    expect(await callApi(okta, `/api/v1/users?limit=${limit}`, token)).toMatchObject({
      status: 400,
      body: { errorCode },
    })
  })
})

describe('GET /api/v1/users/{id}', () => {
  it('finds a user by ID and by login', async () => {
    const { id, login } = okta.users[1] ?? {}
    expect((await callApi(okta, `/api/v1/users/${id}`, token)).body).toMatchObject({ id, profile: { login } })
    expect((await callApi(okta, `/api/v1/users/${login}`, token)).body).toMatchObject({ id, profile: { login } })
  })

  it('returns 404 for an unknown user', async () => {
    expect(await callApi(okta, '/api/v1/users/00uUnknownUser000000', token)).toMatchObject({
      status: 404,
      body: { errorCode: 'E0000007', errorSummary: 'Not found: Resource not found: 00uUnknownUser000000 (User)' },
    })
  })

  it('returns the user of the token for me', async () => {
    const { body } = await userTokens(okta, okta.client('native'), { scope: 'openid okta.users.read' })
    expect(await callApi(okta, '/api/v1/users/me', body.access_token)).toMatchObject({
      status: 200,
      body: { id: okta.users[0]?.id },
    })
  })

  it('returns 404 for me with a token of a service app', async () => {
    expect(await callApi(okta, '/api/v1/users/me', token)).toMatchObject({
      status: 404,
      body: { errorCode: 'E0000007' },
    })
  })
})

it('returns 404 for other paths of the API', async () => {
  expect(await callApi(okta, '/api/v1/telepathy', token)).toMatchObject({
    status: 404,
    body: { errorCode: 'E0000008', errorSummary: 'The requested path was not found' },
  })
})
