import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { send } from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'
import type { Endpoint } from './endpoint.js'
import { ENDPOINTS } from './table.js'

/** For each parameter that is implemented: two queries whose responses differ only because of it. */
const EFFECTS: Readonly<Record<string, readonly [string, string]>> = {
  'GET /api/v1/users search': ['search=profile.lastName eq "turing"', 'search=profile.lastName eq "unknown"'],
  'GET /api/v1/users filter': ['filter=profile.lastName eq "Turing"', 'filter=profile.lastName eq "turing"'],
  'GET /api/v1/users q': ['q=ada', 'q=zzz'],
  'GET /api/v1/users limit': ['limit=1', 'limit=2'],
  'GET /api/v1/users after': ['limit=1', 'limit=1&after=2{userId}'],
  'GET /api/v1/users sortBy': [
    'search=status eq "ACTIVE"&sortBy=profile.lastName',
    'search=status eq "ACTIVE"&sortBy=profile.firstName',
  ],
  'GET /api/v1/users sortOrder': [
    'search=status eq "ACTIVE"&sortBy=profile.lastName&sortOrder=asc',
    'search=status eq "ACTIVE"&sortBy=profile.lastName&sortOrder=desc',
  ],
  'GET /api/v1/users fields': ['fields=status', 'fields=created'],
  'GET /api/v1/groups search': ['search=profile.name sw "Eng"', 'search=profile.name sw "Zzz"'],
  'GET /api/v1/groups filter': ['filter=type eq "BUILT_IN"', 'filter=type eq "OKTA_GROUP"'],
  'GET /api/v1/groups q': ['q=Eng', 'q=zzz'],
  'GET /api/v1/groups limit': ['limit=1', 'limit=2'],
  'GET /api/v1/groups after': ['limit=1', 'limit=1&after={groupId}'],
  'GET /api/v1/groups sortBy': [
    'search=created gt "2020-01-01T00:00:00.000Z"&sortBy=profile.name',
    'search=created gt "2020-01-01T00:00:00.000Z"&sortBy=type&sortOrder=desc',
  ],
  'GET /api/v1/groups sortOrder': [
    'search=created gt "2020-01-01T00:00:00.000Z"&sortBy=profile.name&sortOrder=asc',
    'search=created gt "2020-01-01T00:00:00.000Z"&sortBy=profile.name&sortOrder=desc',
  ],
  'GET /api/v1/groups/{groupId}/users limit': ['limit=1', 'limit=2'],
  'GET /api/v1/groups/{groupId}/users after': ['limit=1', 'limit=1&after={userId}'],
  'GET /api/v1/groups/{groupId}/apps limit': ['limit=1', 'limit=2'],
  'GET /api/v1/groups/{groupId}/apps after': ['limit=1', 'limit=1&after={appId}'],
  'GET /api/v1/apps q': ['q=Emulated', 'q=zzz'],
  'GET /api/v1/apps filter': ['filter=status eq "ACTIVE"', 'filter=status eq "INACTIVE"'],
  'GET /api/v1/apps limit': ['limit=1', 'limit=2'],
  'GET /api/v1/apps after': ['limit=1', 'limit=1&after={appId}'],
  'GET /api/v1/apps/{appId}/users q': ['q=ada', 'q=zzz'],
  'GET /api/v1/apps/{appId}/users limit': ['limit=1', 'limit=2'],
  'GET /api/v1/apps/{appId}/users after': ['limit=1', 'limit=1&after={userId}'],
  'GET /api/v1/apps/{appId}/groups limit': ['limit=1', 'limit=2'],
  'GET /api/v1/apps/{appId}/groups after': ['limit=1', 'limit=1&after={groupId}'],
  'GET /api/v1/apps/{appId}/grants expand': ['', 'expand=scope'],
  'GET /api/v1/logs since': ['', 'since=2100-01-01T00:00:00.000Z'],
  'GET /api/v1/logs until': ['', 'until=2020-01-01T00:00:00.000Z'],
  'GET /api/v1/logs after': ['', 'after=9999999999999_99999'],
  'GET /api/v1/logs filter': ['', 'filter=eventType eq "user.session.end"'],
  'GET /api/v1/logs q': ['', 'q=zzz'],
  'GET /api/v1/logs limit': ['limit=1', 'limit=0'],
  'GET /api/v1/logs sortOrder': ['sortOrder=ASCENDING', 'sortOrder=DESCENDING'],
  'GET /api/v1/trustedOrigins q': ['q=http', 'q=zzz'],
  'GET /api/v1/trustedOrigins filter': ['filter=status eq "ACTIVE"', 'filter=status eq "INACTIVE"'],
  'GET /api/v1/trustedOrigins limit': ['limit=1', 'limit=2'],
  'GET /api/v1/trustedOrigins after': ['limit=1', 'limit=1&after={originId}'],
}
/** Parameters of requests that change something, or need another state. Their own tests show the effect. */
const SHOWN_ELSEWHERE: readonly string[] = [
  'POST /api/v1/users activate',
  'POST /api/v1/users nextLogin',
  'POST /api/v1/users/{id}/lifecycle/activate sendEmail',
  'POST /api/v1/users/{id}/lifecycle/reactivate sendEmail',
  'POST /api/v1/users/{id}/lifecycle/reset_password sendEmail',
  'POST /api/v1/users/{id}/lifecycle/reset_password revokeSessions',
  'POST /api/v1/users/{id}/lifecycle/expire_password tempPassword',
  'POST /api/v1/users/{id}/lifecycle/expire_password_with_temp_password revokeSessions',
  'DELETE /api/v1/users/{userId}/sessions oauthTokens',
  'POST /api/v1/users/{userId}/factors tokenLifetimeSeconds',
  'POST /api/v1/apps activate',
  'GET /api/v1/apps/{appId}/grants/{grantId} expand',
]

const apiEndpoints = ENDPOINTS.filter(({ kind }) => kind === 'api').map(
  one => [`${one.method} ${one.path}`, one] as const,
)
const withQuery = apiEndpoints.flatMap(([name, endpoint]) =>
  endpoint.query.map(parameter => [`${name} ${parameter.name}`, endpoint, parameter] as const),
)

let okta: OktaEmulator
let ids: Readonly<Record<string, string | undefined>>
beforeAll(async () => {
  okta = await startOktaEmulator({
    groups: [{ name: 'Engineering', members: ['ada.lovelace@example.com'] }, { name: 'Sales' }],
    trustedOrigins: ['http://localhost:3000', 'http://localhost:3001'],
  })
  ids = { '{userId}': okta.users[0]?.id, '{id}': okta.users[0]?.id, '{appId}': okta.client('spa').clientId }
  const first = async (path: string) => JSON.parse((await request('GET', path)).text)[0].id
  ids = {
    ...ids,
    '{groupId}': await first('/api/v1/groups?filter=type eq "BUILT_IN"'),
    '{originId}': await first('/api/v1/trustedOrigins'),
  }
})
afterEach(() => okta.reset())
afterAll(() => okta.close())

const fill = (path: string) => path.replace(/\{\w+\}/g, name => ids[name] ?? 'unknown')
const request = (method: string, path: string) =>
  send(new URL(path, okta.orgUrl), { method, headers: { authorization: `SSWS ${okta.apiTokens[0]?.value}` } })
const call = ({ method, path }: Endpoint, query: string) => request(method, `${fill(path)}?${fill(query)}`)

/** Assigns groups to an app, and writes events to the log. */
async function prepare(): Promise<void> {
  const groups = JSON.parse((await request('GET', '/api/v1/groups')).text) as { id: string }[]
  for (const { clientId } of okta.clients) {
    for (const { id } of groups) await request('PUT', `/api/v1/apps/${clientId}/groups/${id}`)
    await request('POST', `/api/v1/apps/${clientId}/lifecycle/deactivate`)
    await request('POST', `/api/v1/apps/${clientId}/lifecycle/activate`)
  }
}

const rejected = (name: string) => ({
  status: 400,
  body: {
    errorCode: 'E0000001',
    errorSummary: 'Api validation failed: RequestParams',
    errorCauses: [{ errorSummary: expect.stringContaining(`${name}: `) }],
  },
})

describe('every endpoint of the management API', () => {
  it.each(apiEndpoints)('rejects an unknown parameter: %s', async (_name, endpoint) => {
    expect(await call(endpoint, 'telepathy=1')).toMatchObject(rejected('telepathy'))
  })
})

describe('every query parameter of the management API', () => {
  it.each(withQuery)('is rejected when it is given twice: %s', async (_name, endpoint, { name }) => {
    expect(await call(endpoint, `${name}=1&${name}=1`)).toMatchObject(rejected(name))
  })

  it.each(withQuery.filter(([, , { invalid }]) => invalid !== undefined))(
    'is rejected when its value is invalid, or when it is not implemented: %s',
    async (_name, endpoint, { name, invalid }) => {
      const { status, body } = await call(endpoint, `${name}=${invalid}`)
      expect([status, body.errorCode]).toEqual([400, expect.stringMatching(/^E00000(01|29|31|37|53)$/)])
    },
  )

  it.each(withQuery.filter(([, , { support }]) => support === 'accepted'))(
    'is accepted without effect: %s',
    async (_name, endpoint, { name, invalid }) => {
      const withParameter = await call(endpoint, `${name}=${invalid === undefined ? 1 : true}`)
      await okta.reset()
      const without = await call(endpoint, '')
      const { errorId: _one, ...body } = withParameter.body
      const { errorId: _other, ...expected } = without.body
      expect({ status: withParameter.status, body }).toEqual({ status: without.status, body: expected })
    },
  )

  it.each(withQuery.filter(([name, , { support }]) => support === 'implemented' && !SHOWN_ELSEWHERE.includes(name)))(
    'has an effect: %s',
    async (name, endpoint) => {
      const [one, other] = EFFECTS[name] ?? []
      if (one === undefined || other === undefined) throw new Error(`Add ${name} to EFFECTS.`)
      await prepare()
      const [first, second] = [await call(endpoint, one), await call(endpoint, other)]
      expect([first.status, second.status]).toEqual([200, 200])
      expect(first.text).not.toBe(second.text)
    },
  )
})

describe('the table', () => {
  it('has each method of a path once', () => {
    const names = ENDPOINTS.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`)
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
  })
})
