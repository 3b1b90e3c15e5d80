import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startOrg } from '../support/hostile-org.test.support.js'
import { emptyHome, jsonFile, run as runCommand } from '../support/run.test.support.js'

let okta: OktaEmulator
let home: string

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
})
afterAll(() => okta.close())
beforeEach(async () => {
  okta.clearRequests()
  home = await emptyHome()
})

const run = (args: readonly string[]) => runCommand(args, { HOME: home })
async function signIn(): Promise<void> {
  const { clientId, jwk } = okta.client('service')
  const app = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
  const key = await jsonFile(home, 'key.json', jwk)
  expect(await run(['login', ...app, '--jwk-file', key])).toMatchObject({ code: 0 })
}

describe('api --paginate', () => {
  it('prints one item on each line', async () => {
    await signIn()
    const { code, stdout, stderr } = await run(['api', '/api/v1/users?limit=10', '--paginate'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const ids = stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line).id)
    expect(ids).toHaveLength(28)
    expect(new Set(ids).size).toBe(28)
    expect(okta.requests.filter(({ path }) => path === '/api/v1/users')).toHaveLength(3)
  })

  it('prints one array when --json is given', async () => {
    await signIn()
    const { stdout } = await run(['api', '/api/v1/users?limit=10', '--paginate', '--json'])
    expect(JSON.parse(stdout)).toHaveLength(28)
  })

  it('prints a page before it requests the next one', async () => {
    const order: string[] = []
    const org = await startOrg(home, (request, response) => {
      order.push(request.url ?? '')
      const isLast = request.url?.includes('after') === true
      if (!isLast) response.setHeader('link', `<http://${request.headers.host}/x?after=1>; rel="next"`)
      else response.statusCode = 500
      response.end(isLast ? '{}' : '[1,2]')
    })
    const result = await run(['api', '/x', '--paginate', '--json', ...org])
    // The array has no end, so that no program reads it as complete.
    expect(result).toMatchObject({ code: 5, stdout: '[\n1,\n2' })
    expect(order).toEqual(['/x', '/x?after=1'])
  })

  it.each([
    ['another origin', 'http://evil.example/x?after=1', 'http://evil.example, which is not the org'],
    ['another origin as `null`', 'data:,x', 'null, which is not the org'],
    ['the same page', '/x', 'was read before'],
    ['the same page with a fragment', '/x#2', 'was read before'],
    ['an invalid URL', 'http://[', 'is not a URL'],
  ])('does not follow a link to %s', async (_what, link, words) => {
    const org = await startOrg(home, (_request, response) => {
      response.writeHead(200, { link: `<https://x.example/>; rel="self", <${link}>; rel="next"` }).end('[1]')
    })
    const result = await run(['api', '/x', '--paginate', ...org])
    expect(result).toMatchObject({ code: 5, stdout: '1\n', stderr: expect.stringContaining(words) })
  })

  it('fails when a later page links to an earlier one', async () => {
    let calls = 0
    const org = await startOrg(home, (request, response) => {
      calls += 1
      const next = request.url === '/a' ? '/b' : request.url === '/b' ? '/c' : '/b'
      response.writeHead(200, { link: `<${next}>; rel="next"` }).end('[1]')
      if (calls > 20) response.destroy()
    })
    const result = await run(['api', '/a', '--paginate', ...org])
    expect(result).toMatchObject({ code: 5, stdout: '1\n1\n1\n', stderr: expect.stringContaining('read before') })
    expect(calls).toBe(3)
  })
})
