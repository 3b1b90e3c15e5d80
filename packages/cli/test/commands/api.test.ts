import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startOrg } from '../support/hostile-org.test.support.js'
import { emptyHome, jsonFile, run as runCommand } from '../support/run.test.support.js'

let okta: OktaEmulator
let home: string
// Home folders with a sign-in, without and with DPoP. Each test uses a copy.
let loggedIn: string

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }, { kind: 'service', dpop: true }] })
  loggedIn = await mkdtemp(join(tmpdir(), 'cli-'))
  for (const dpop of [false, true]) await loginOnce(dpop)
})
afterAll(() => okta.close())
beforeEach(async () => {
  okta.clearRequests()
  home = await emptyHome()
})

const run = (args: readonly string[], input = '') => runCommand(args, { HOME: home }, { input })
const homeOf = (dpop: boolean) => join(loggedIn, dpop ? 'dpop' : 'bearer')
async function loginOnce(dpop: boolean): Promise<void> {
  const { clientId, jwk } = okta.client('service', { dpop })
  await mkdir(homeOf(dpop))
  const file = await jsonFile(loggedIn, `${clientId}.json`, jwk)
  const app = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
  const answer = await runCommand(['login', ...app, '--jwk-file', file], { HOME: homeOf(dpop) })
  expect(answer).toMatchObject({ code: 0 })
}
const login = (dpop = false) => cp(homeOf(dpop), home, { recursive: true })

describe('api', () => {
  it.each([false, true])('prints the response unchanged when DPoP is %s', async dpop => {
    await login(dpop)
    const { code, stdout, stderr } = await run(['api', 'GET', '/api/v1/users', '--field', 'limit=2'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toHaveLength(2)
    expect(okta.requests.at(-1)).toMatchObject({ method: 'GET', path: '/api/v1/users', status: 200 })
  })

  it('uses the sign-in at the org when it gets a URL', async () => {
    await login()
    expect(JSON.parse((await run(['api', `${okta.orgUrl.origin}/api/v1/users?limit=1`])).stdout)).toHaveLength(1)
    expect(await run(['api', 'https://evil.example/api/v1/users'])).toMatchObject({ code: 3, stdout: '' })
    const other = ['api', 'https://evil.example/api/v1/users', '--tenant', okta.orgUrl.origin]
    expect(await run(other)).toMatchObject({ code: 2, stdout: '' })
  })

  it.each(['C:/Program Files/Git/api/v1/users', 'D:/msys64/api/v1/users', 'api/v1/users'])(
    'calls the path that the user typed when Git Bash passes on %s',
    async path => {
      await login()
      expect(JSON.parse((await run(['api', 'GET', path, '-F', 'limit=1'])).stdout)).toHaveLength(1)
      const { stdout } = await run(['header', '--url', path])
      expect(stdout).toMatch(/^authorization: Bearer /)
    },
  )

  it('reports a field that Git Bash may have changed', async () => {
    const org = await startOrg(home, async (_request, response) => {
      response.end('{}')
    })
    const args = ['api', 'GET', '/x', '-f', 'limit=1', '-f', 'x=C:/Program Files/Git/x', ...org]
    expect((await run(args)).stderr).toBe('')
    const inGitBash = await runCommand(args, { HOME: home, MSYSTEM: 'MINGW64' })
    expect(inGitBash).toMatchObject({ code: 0, stderr: expect.stringContaining('MSYS_NO_PATHCONV=1') })
  })

  it('reads files in the home folder when their paths begin with ~', async () => {
    const bodies: string[] = []
    const org = await startOrg(home, async (request, response) => {
      bodies.push(await text(request))
      response.end('{}')
    })
    await writeFile(join(home, 'body.json'), '{"a":1}')
    expect(await run(['api', 'POST', '/x', '--input=~/body.json', ...org])).toMatchObject({ code: 0 })
    expect(await run(['api', 'POST', '/x', '-F', 'a=@~/body.json', ...org])).toMatchObject({ code: 0 })
    const token = ['--api-token-file=~/api-token', ...org.slice(0, 2)]
    expect(await run(['api', 'POST', '/x', '-F', 'a=1', ...token])).toMatchObject({ code: 0 })
    expect(bodies).toEqual(['{"a":1}', JSON.stringify({ a: '{"a":1}' }), '{"a":1}'])
  })

  it('sends a JSON body when it gets fields: text, numbers, objects, lists and files', async () => {
    let seen: unknown
    const org = await startOrg(home, async (request, response) => {
      seen = { method: request.method, type: request.headers['content-type'], body: JSON.parse(await text(request)) }
      response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":"00g1"}')
    })
    await writeFile(join(home, 'about.txt'), 'Who flies')
    const fields = ['profile[name]=Pilots', 'size=12', 'zip=01234', 'on=true', 'none=null', 'ids[]=a', 'ids[]=b']
    const args = fields.flatMap(field => ['--field', field])
    args.push('--field', `profile[description]=@${join(home, 'about.txt')}`, '--raw-field', 'text=12')
    expect(await run(['api', '/api/v1/groups', ...args, ...org])).toMatchObject({ code: 0, stdout: '{"id":"00g1"}' })
    expect(seen).toEqual({
      method: 'POST',
      type: 'application/json',
      body: {
        profile: { name: 'Pilots', description: 'Who flies' },
        ...{ size: 12, zip: '01234', on: true, none: null, ids: ['a', 'b'], text: '12' },
      },
    })
  })

  it('sends headers and a body from a file or stdin', async () => {
    const seen: unknown[] = []
    const org = await startOrg(home, async (request, response) => {
      seen.push([request.method, request.headers['content-type'], request.headers['x-mine'], await text(request)])
      response.writeHead(204).end()
    })
    const path = join(home, 'body.xml')
    await writeFile(path, '<a/>')
    const headers = ['-H', 'content-type: text/xml', '-H', 'X-Mine: yes']
    expect(await run(['api', 'put', '/x', '--input', path, ...headers, ...org])).toMatchObject({ code: 0, stdout: '' })
    expect(await run(['api', 'POST', '/x', '--input', '-', ...org], '{"a":1}')).toMatchObject({ code: 0 })
    expect(seen).toEqual([
      ['PUT', 'text/xml', 'yes', '<a/>'],
      ['POST', 'application/json', undefined, '{"a":1}'],
    ])
  })

  it('prints status and headers first when --include is given', async () => {
    await login()
    const { stdout } = await run(['api', '/api/v1/users?limit=1', '--include'])
    expect(stdout).toMatch(/^HTTP 200 OK\n[\s\S]*x-rate-limit-limit: \d+\n[\s\S]*\n\n\[\{/)
  })

  it.each([
    [404, '/api/v1/users/00uMissing', 4, 'E0000007'],
    [503, '/api/v1/broken', 5, 'server_failed'],
    [400, '/api/v1/bad', 4, 'api_failed'],
  ])('prints the response and an error when the API responds with %i', async (status, path, code, words) => {
    await login()
    using _ = status === 404 ? undefined : okta.fault({ endpoint: path, status })
    const result = await run(['api', path])
    expect(result).toMatchObject({ code, stderr: expect.stringContaining(`failed with HTTP ${status}`) })
    expect(result.stderr).toContain(words)
    expect(JSON.parse(result.stdout)).toHaveProperty('errorCode')
  })

  it('reports summary, code, causes, error ID and request ID when the API rejects a request', async () => {
    const errorCauses = [{ errorSummary: 'name: too long' }, { errorSummary: 'type: missing' }]
    const error = { errorCode: 'E0000001', errorSummary: 'Api validation failed: group', errorId: 'oae1', errorCauses }
    const flags = await startOrg(home, (_request, response) =>
      response.writeHead(400, { 'x-okta-request-id': 'request-1' }).end(JSON.stringify(error)),
    )
    const rejected = ['api', 'POST', '/api/v1/groups', '-F', 'profile[name]=Pilots', ...flags]
    expect((await run(rejected)).stderr).toBe(
      `${[
        'error: POST /api/v1/groups failed with HTTP 400: Api validation failed: group (E0000001).',
        '  name: too long.',
        '  type: missing.',
        '  Fix the request as the error message describes.',
        "  For Okta's support: error ID oae1, request ID request-1",
        '  (api_failed)',
      ].join('\n')}\n`,
    )
    expect(JSON.parse((await run([...rejected, '--json'])).stderr)).toMatchObject({
      error: { code: 'api_failed', api: { status: 400, causes: ['name: too long', 'type: missing'], errorId: 'oae1' } },
    })
  })

  it('replaces control characters in the error message of the API', async () => {
    const errorSummary = 'No. \u001b[2J\u001b]0;title\u0007\u009b31m\r\nAll is well'
    const flags = await startOrg(home, (_request, response) =>
      response.writeHead(400).end(JSON.stringify({ errorCode: 'E\u001b[2J1', errorSummary })),
    )
    const { stderr } = await run(['api', '/x', ...flags])
    expect(stderr).toContain('No.  [2J ]0;title 31m All is well (E [2J1)')
  })

  it('suggests doctor when no response arrives', async () => {
    await login()
    using _ = okta.fault({ endpoint: '/api/*', drop: true })
    const result = await run(['api', '/api/v1/users'])
    expect(result).toMatchObject({ code: 5, stdout: '', stderr: expect.stringContaining('connect-okta doctor') })
  })

  it('reports a wait for the rate limit on stderr, then continues', async () => {
    let calls = 0
    const org = await startOrg(home, (_request, response) => {
      calls += 1
      const reset = String(Math.floor(Date.now() / 1000) + 1)
      if (calls === 1) response.writeHead(429, { 'x-rate-limit-reset': reset }).end()
      else response.end('"done"')
    })
    const { code, stdout, stderr } = await run(['api', '/x', ...org])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '"done"' })
    expect(stderr).toContain("Okta's rate limit is reached")
  })

  it.each<[string, string[], string]>([
    ['no path', ['GET', 'users'], 'does not begin with /'],
    ['one word that is not a path', ['users'], 'does not begin with /'],
    ['a field without a name', ['/x', '-F', '=1'], 'Invalid field'],
    ['a field that is a value and an object', ['/x', '-F', 'a=1', '-F', 'a[b]=2'], 'both a value and an object'],
    ['a body for GET', ['GET', '/x', '--input', '-'], 'has no body'],
    ['a header Authorization', ['/x', '-H', 'Authorization: Bearer x'], 'cannot be set'],
    ...['Content-Length: 3', 'Expect: 100-continue', 'Transfer-Encoding: chunked', 'connection: x', 'Upgrade: h2c'].map(
      (line): [string, string[], string] => [`the header ${line}`, ['/x', '-H', line], 'cannot be set'],
    ),
    ...['TRACE', 'CONNECT', 'track'].map((method): [string, string[], string] => [
      `the method ${method}`,
      [method, '/x'],
      `Invalid method: ${method.toUpperCase()}`,
    ]),
    ['a header with an invalid name', ['/x', '-H', 'a(b: c'], 'Invalid header'],
    ['a header without a colon', ['/x', '-H', 'X-Mine'], 'Write: Name: value'],
    ['a header with an invalid value', ['/x', '-H', 'X-Mine: €'], 'Invalid header'],
    ['a file that does not exist', ['POST', '/x', '--input', '/none'], 'ENOENT'],
    ['pages of a POST', ['POST', '/x', '--paginate', '-F', 'a=1'], 'Only GET requests can be paginated'],
  ])('rejects %s before it sends anything', async (_what, args, words) => {
    await login()
    okta.clearRequests()
    expect(await run(['api', ...args])).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(words) })
    expect(okta.requests).toEqual([])
  })
})
