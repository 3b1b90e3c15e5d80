import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { send } from '../../../test/support/relying-party.test.support.js'
import { type OktaEmulator, startOktaEmulator } from '../../start-okta-emulator.js'
import type { Endpoint } from './endpoint.js'
import { ENDPOINTS } from './table.js'

/** For each parameter that is implemented: two queries whose responses differ only because of it. */
const EFFECTS: Readonly<Record<string, readonly [string, string]>> = {
  'GET /api/v1/users limit': ['limit=1', 'limit=2'],
  'GET /api/v1/users after': ['limit=1', 'limit=1&after={userId}'],
}
/** Parameters of requests that change something. Their own tests show the effect. */
const SHOWN_ELSEWHERE: readonly string[] = ['POST /api/v1/users/{userId}/factors tokenLifetimeSeconds']

const apiEndpoints = ENDPOINTS.filter(({ kind }) => kind === 'api').map(
  one => [`${one.method} ${one.path}`, one] as const,
)
const withQuery = apiEndpoints.flatMap(([name, endpoint]) =>
  endpoint.query.map(parameter => [`${name} ${parameter.name}`, endpoint, parameter] as const),
)

let okta: OktaEmulator
beforeAll(async () => {
  okta = await startOktaEmulator()
})
afterAll(() => okta.close())

function fill(path: string): string {
  const ids: Readonly<Record<string, string | undefined>> = {
    '{appId}': okta.client('service').clientId,
    '{userId}': okta.users[0]?.id,
    '{id}': okta.users[0]?.id,
  }
  return path.replace(/\{\w+\}/g, name => ids[name] ?? 'unknown')
}

function call({ method, path }: Endpoint, query: string) {
  const url = new URL(`${fill(path)}?${fill(query)}`, okta.orgUrl)
  return send(url, { method, headers: { authorization: `SSWS ${okta.apiTokens[0]?.value}` } })
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
      expect(await call(endpoint, `${name}=${invalid}`)).toMatchObject({
        status: 400,
        body: { errorCode: expect.stringMatching(/^E00000(01|37)$/) },
      })
    },
  )

  it.each(withQuery.filter(([, , { support }]) => support === 'accepted'))(
    'is accepted without effect: %s',
    async (_name, endpoint, { name }) => {
      const { status, text } = await call(endpoint, `${name}=1`)
      expect({ status, text }).toEqual({ status: 200, text: (await call(endpoint, '')).text })
    },
  )

  it.each(withQuery.filter(([name, , { support }]) => support === 'implemented' && !SHOWN_ELSEWHERE.includes(name)))(
    'has an effect: %s',
    async (name, endpoint) => {
      const [one, other] = EFFECTS[name] ?? []
      if (one === undefined || other === undefined) throw new Error(`Add ${name} to EFFECTS.`)
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
