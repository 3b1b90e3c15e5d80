import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connect, type Deps, openSession, resume } from '../../src/index.js'
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
beforeEach(() => {
  ;(broker.requests as unknown[]).length = 0
})

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
    const asked: unknown[] = []
    const github = await startServer((request, response) => {
      asked.push(request.url, request.headers.authorization)
      response.end(JSON.stringify({ value: token }))
    })
    const variables = {
      GITHUB_ACTIONS: 'true',
      ACTIONS_ID_TOKEN_REQUEST_URL: `${github.url}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of-the-job',
    }
    await connect(deploy(), on(variables))
    await github.stop()
    expect(asked).toEqual([`/token?api-version=2.0&audience=${encodeURIComponent(broker.url)}`, 'bearer of-the-job'])
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

  it.each([
    ['connect', connect],
    ['openSession', openSession],
  ])(
    'gets a token that %s does not store, so that no other program uses it without an identity',
    async (_name, open) => {
      const store = createMemoryStore()
      const variables = { CONNECT_OKTA_IDENTITY_TOKEN: await identityToken(broker.url) }
      const session = await open(deploy(), on(variables, { store }))
      const { value } = await session.token()
      expect((await session.token()).value).toBe(value)
      for await (const login of store.list()) expect.fail(`stored: ${login.recordKey}`)
      const selection = { broker: broker.url, clientId: 'deploy' }
      await expect(resume(selection, on(variables, { store }))).rejects.toMatchObject({ code: 'login_required' })
      const other = { CONNECT_OKTA_IDENTITY_TOKEN: await identityToken(broker.url, { sub: 'other' }) }
      await expect(connect(deploy(), on(other, { store }))).rejects.toMatchObject({ code: 'client_rejected' })
    },
  )
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
    expect(error.message).toContain(`"${broker.url}"`)
    expect(JSON.stringify([error.message, error.hint, error])).not.toContain(text.slice(0, 20))
    expect(broker.requests).toHaveLength(0)
  })

  it.each([
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
      message: 'GitHub Actions issued no identity token: HTTP 403.',
    })
    await github.stop()
  })

  it('is explained when its file is missing', async () => {
    const file = join(await newFolder(), 'token')
    await expect(connect({ ...deploy(), identityTokenFile: file }, on({}))).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining(file),
    })
  })
})
