import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connect, type Deps, findSession, openSession, resume } from '../../src/index.js'
import { listLogins } from '../../src/session/logins.js'
import { createMemoryStore } from '../../src/stores/memory-store.js'
import { type FakeBroker, identityToken, startFakeBroker, startServer } from '../support/fake-broker.test.support.js'
import { newFolder } from '../support/new-folder.test.support.js'
import { useServiceOrg } from '../support/service-org.test.support.js'

const org = useServiceOrg()
let broker: FakeBroker

beforeAll(async () => {
  broker = await startFakeBroker({ users: { session: await openSession(org.app(), { store: createMemoryStore() }) } })
})
afterAll(() => broker.stop())
beforeEach(() => broker.clear())

const deploy = () => ({ broker: broker.url, clientId: 'deploy' })
const on = (variables: Record<string, string | undefined>, more: Partial<Deps> = {}): Partial<Deps> => ({
  ...org.deps,
  environment: { variables, home: undefined, configDirectory: '/nowhere', stateDirectory: '/nowhere' },
  runCommand: async command => expect.unreachable(`runs ${command}`),
  ...more,
})
const sentForm = () => Object.fromEntries(broker.requests.at(-1)?.form ?? [])

describe('the identity token of a client', () => {
  it('is sent as a client assertion', async () => {
    const token = await identityToken(broker.url)
    await connect({ ...deploy(), identityToken: `${token}\n` }, on({}))
    expect(sentForm()).toEqual({
      grant_type: 'client_credentials',
      client_id: 'deploy',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: token,
    })
  })

  it('has the assertion type of SPIFFE when it is an SVID', async () => {
    const identity = await identityToken([broker.url], { sub: 'spiffe://example.org/ns/prod/sa/payroll' })
    await connect({ ...deploy(), identityToken: identity }, on({})).catch(() => {})
    expect(sentForm().client_assertion_type).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-spiffe')
  })

  it('is read from the file again for each request', async () => {
    const file = join(await newFolder(), 'token')
    const session = await openSession({ ...deploy(), identityTokenFile: file }, on({}))
    for (const round of ['one', 'two']) {
      const token = await identityToken(broker.url, { round })
      await writeFile(file, `${token}\n`)
      await session.token({ forceRefresh: true })
      expect(sentForm().client_assertion).toBe(token)
    }
  })

  it('is found in the file and then in the variable of CONNECT_OKTA_IDENTITY_TOKEN', async () => {
    const file = join(await newFolder(), 'token')
    const [inFile, inVariable] = [await identityToken(broker.url), await identityToken(broker.url)]
    await writeFile(file, inFile)
    const variables = { CONNECT_OKTA_IDENTITY_TOKEN: inVariable, BUILDKITE: 'true' }
    await connect(deploy(), on({ ...variables, CONNECT_OKTA_IDENTITY_TOKEN_FILE: file }))
    expect(sentForm().client_assertion).toBe(inFile)
    await connect({ ...deploy(), forceLogin: true }, on(variables))
    expect(sentForm().client_assertion).toBe(inVariable)
  })

  it('is requested from GitHub Actions for the audience of the broker', async () => {
    const token = await identityToken(broker.url)
    const received: unknown[] = []
    const github = await startServer((request, response) => {
      received.push(request.url, request.headers.authorization)
      response.end(JSON.stringify({ value: token }))
    })
    const variables = {
      GITHUB_ACTIONS: 'true',
      ACTIONS_ID_TOKEN_REQUEST_URL: `${github.url}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-job',
    }
    await connect(deploy(), on(variables))
    await github.stop()
    expect(received).toEqual([`/token?api-version=2.0&audience=${encodeURIComponent(broker.url)}`, 'bearer of-the-job'])
    expect(sentForm().client_assertion).toBe(token)
  })

  it.each([
    [
      'Buildkite',
      { BUILDKITE: 'true' },
      (url: string) => [
        ...['buildkite-agent', 'oidc', 'request-token', '--audience', url],
        ...['--claim', 'organization_id,pipeline_id'],
      ],
    ],
    [
      'CircleCI',
      { CIRCLECI: 'true' },
      (url: string) => ['circleci', 'run', 'oidc', 'get', '--claims', `{"aud":"${url}"}`],
    ],
  ])('is requested from %s by its command', async (_name, variables, expected) => {
    const token = await identityToken(broker.url)
    const run: string[] = []
    const runCommand: Deps['runCommand'] = async (command, args) => {
      run.push(command, ...args)
      return `${token}\n`
    }
    await connect(deploy(), on(variables, { runCommand }))
    expect(run).toEqual(expected(broker.url))
    expect(sentForm().client_assertion).toBe(token)
  })

  it('is used for a token that is not stored, so that the next program needs an identity token too', async () => {
    const session = await connect({ ...deploy(), identityToken: await identityToken(broker.url) }, on({}))
    expect((await session.token()).source).toBe('memory')
    const deps = org.deps
    expect(await listLogins(deps)).toEqual([])
    expect(await findSession({}, deps)).toBeUndefined()
    await expect(resume({ broker: broker.url, clientId: 'deploy' }, deps)).rejects.toMatchObject({
      code: 'login_required',
    })
    await expect(connect({ ...deploy(), identityTokenFile: '/not/a/file' }, on({}))).rejects.toMatchObject({
      code: 'options_invalid',
    })
    await expect(connect(deploy(), on({}))).rejects.toMatchObject({ code: 'key_required' })
  })

  it('makes one request for all calls of a session', async () => {
    const session = await openSession({ ...deploy(), identityToken: await identityToken(broker.url) }, on({}))
    await Promise.all([session.token(), session.token(), session.fetch('/api/v1/users?limit=1')])
    await session.token()
    expect(broker.requests).toHaveLength(1)
  })
})

describe('an identity token that cannot be used', () => {
  const other = 'https://sts.amazonaws.com'

  it.each([
    ['another audience', () => identityToken(other), `has the audience "${other}"`],
    ['a UUID as its audience', () => identityToken('4711aaaa-bbbb-4ccc-8ddd-eeeeffff0000'), '"4711aaaa-bbbb'],
    ['two audiences', () => identityToken([broker.url, other]), other],
    ['the issuer with a slash', () => identityToken(`${broker.url}/`), 'has the audience'],
  ])('is not sent when it has %s', async (_what, token, expected) => {
    const text = await token()
    const error = await connect({ ...deploy(), identityToken: text }, on({})).catch(caught => caught)
    expect(error).toMatchObject({ code: 'options_invalid', message: expect.stringContaining(expected) })
    expect(error.message).toContain(`It must have only the audience "${broker.url}".`)
    expect(JSON.stringify([error.message, error.hint, error])).not.toContain(text.slice(0, 20))
    expect(broker.requests).toHaveLength(0)
  })

  it.each([
    ['expired long ago', () => identityToken(broker.url, { exp: -1e15 }), 'expired long ago'],
    ['is no JWT', async () => 'not-a-jwt', 'is not a JWT'],
    ['has expired', () => identityToken(broker.url, { exp: 1_700_000_000 }), 'expired at 2023-11-14'],
    ['is empty', async () => ' ', 'is empty'],
  ])('is not sent when it %s', async (_what, token, expected) => {
    await expect(connect({ ...deploy(), identityToken: await token() }, on({}))).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining(expected),
    })
    expect(broker.requests).toHaveLength(0)
  })

  it('is explained when none is found, with what was looked for', async () => {
    await expect(connect(deploy(), on({}))).rejects.toMatchObject({
      code: 'key_required',
      message: expect.stringMatching(
        /CONNECT_OKTA_IDENTITY_TOKEN_FILE, CONNECT_OKTA_IDENTITY_TOKEN, GitHub Actions.*Buildkite.*CircleCI.*\/var\/run\/secrets\/connect-okta\/token/,
      ),
    })
  })

  it('is explained when a job of GitHub Actions has no permission', async () => {
    await expect(connect(deploy(), on({ GITHUB_ACTIONS: 'true' }))).rejects.toMatchObject({
      code: 'key_required',
      hint: expect.stringContaining('id-token: write'),
    })
  })

  it.each([
    ['the command is missing', Object.assign(new Error(), { code: 'ENOENT' }), 'does not exist'],
    ['the command fails', Object.assign(new Error('secret output'), { code: 1 }), 'failed (1)'],
  ])('is explained when %s', async (_what, failure, expected) => {
    const runCommand = async () => Promise.reject(failure)
    const error = await connect(deploy(), on({ BUILDKITE: 'true' }, { runCommand })).catch(caught => caught)
    expect(error).toMatchObject({ code: 'server_failed', message: expect.stringContaining(expected) })
    expect(error.message).not.toContain('secret output')
  })

  it('is explained when GitHub rejects the request', async () => {
    const github = await startServer((_request, response) => void response.writeHead(403).end('{}'))
    const variables = {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${github.url}/token`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-job',
    }
    await expect(connect(deploy(), on(variables))).rejects.toMatchObject({
      code: 'server_failed',
      message: 'GitHub Actions did not issue an identity token: HTTP 403.',
    })
    await github.stop()
  })

  it('is explained when its file is missing', async () => {
    const file = join(await newFolder(), 'token')
    await expect(connect({ ...deploy(), identityTokenFile: file }, on({}))).rejects.toMatchObject({
      code: 'options_invalid',
      message: `The file with the identity token does not exist: ${file}.`,
      hint: expect.stringContaining('projected volume'),
    })
    const pasted = await identityToken(broker.url)
    const error = await connect({ ...deploy(), identityTokenFile: pasted }, on({})).catch(caught => caught)
    expect(JSON.stringify([error, error.message])).not.toContain(pasted.slice(0, 20))
  })

  it.each([
    ['http://actions.example.com/token', 'of-the-job', 'is not an https: URL'],
    ['file:///etc/passwd', 'of-the-job', 'is not an https: URL'],
    ['https://actions.example.com/token', '', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN is not set'],
  ])('is not requested from %s with the token %j', async (url, requestToken, reason) => {
    const variables = { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken }
    const fetch = async () => expect.unreachable('a request was sent')
    await expect(connect(deploy(), on(variables, { fetch }))).rejects.toMatchObject({
      code: 'server_failed',
      message: expect.stringContaining(reason),
    })
  })
})
