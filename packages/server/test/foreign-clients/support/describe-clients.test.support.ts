import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ForeignBroker, startForeignBroker, userCount } from './foreign-broker.test.support.js'
import { type Output, run } from './run.test.support.js'

type SecretMethod = 'default' | 'client_secret_basic' | 'form_encoded_basic' | 'client_secret_post'

/** How a program authenticates: `default` if the library chooses, `identity` with the token of a platform as an assertion. */
export type AuthMethod = SecretMethod | 'private_key_jwt' | 'identity'

/** A program that gets a token with a library. It prints the scope and the number of users as JSON, or the library's error. */
export interface ForeignClient {
  readonly name: string
  /** Whether a program that it requires is missing. */
  readonly isMissing: boolean
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]]
  readonly methods: readonly [AuthMethod, ...AuthMethod[]]
  /** Methods of the library that the broker rejects, with its error message. */
  readonly rejected?: readonly (readonly [AuthMethod, string])[]
}

interface ClientOptions {
  /** Default: `okta.users.read`. */
  readonly scope?: string
  /** Whether the secret, the key or the identity is the one of the client. Default: true. */
  readonly isRight?: boolean
}
type RunClient = (method: AuthMethod, options?: ClientOptions) => Promise<Output>

/** Describes what programs do with a broker, whatever their language. */
export function describeClients(clients: readonly ForeignClient[]): void {
  let broker: ForeignBroker
  beforeAll(async () => {
    if (clients.some(({ isMissing }) => !isMissing)) broker = await startForeignBroker()
  })
  afterAll(() => broker?.[Symbol.asyncDispose]())

  for (const client of clients) {
    const runClient: RunClient = (method, { scope = 'okta.users.read', isRight = true } = {}) => {
      const request = { BROKER_URL: broker.url, ORG_URL: broker.okta.orgUrl.origin, AUTH_METHOD: method, SCOPE: scope }
      return run(client.command, { env: { ...request, ...broker.credentialsFor(method, isRight), ...broker.trust } })
    }
    describe.skipIf(client.isMissing)(client.name, () => describeClient(client, runClient))
  }
}

function describeClient({ methods, rejected = [] }: ForeignClient, runClient: RunClient): void {
  it.each(methods)('calls Okta with a token of a narrower scope: %s', async method => {
    const { code, stdout, stderr } = await runClient(method)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({ scope: 'okta.users.read', users: userCount })
  })

  it('gets a token with several scopes', async () => {
    const { stdout, stderr } = await runClient(methods[0], { scope: 'okta.users.read okta.groups.read' })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout).scope.split(' ').sort()).toEqual(['okta.groups.read', 'okta.users.read'])
  })

  it.each(methods)('shows the error message of the broker when the credentials are wrong: %s', async method => {
    expectError(await runClient(method, { isRight: false }), rejectionOf(method))
  })

  it('shows the error message of the broker when the scope is not allowed', async () => {
    expectError(await runClient(methods[0], { scope: 'okta.apps.manage' }), 'okta.apps.manage')
  })

  it.each(rejected)('shows the error message of the broker when it rejects the method: %s', async (method, message) => {
    expectError(await runClient(method), message)
  })
}

function expectError({ code, stdout, stderr }: Output, message: string): void {
  expect({ stdout, hasFailed: code !== 0 }).toEqual({ stdout: '', hasFailed: true })
  expect(stderr).toContain(message)
}

function rejectionOf(method: AuthMethod): string {
  switch (method) {
    case 'private_key_jwt':
      return 'Unknown client, or the assertion is not signed with its key.'
    case 'identity':
      return 'Unknown client, or the assertion does not match its configuration.'
    default:
      return 'Unknown client, or wrong secret.'
  }
}
