import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secretOf } from '../../support/broker.test.support.js'
import { chosenSecret, type ForeignBroker, startForeignBroker, userCount } from './foreign-broker.test.support.js'
import { type Output, run } from './run.test.support.js'

/** How a program authenticates: `default` if the library chooses, `identity` with the token of a platform as an assertion. */
export type AuthMethod = 'default' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt' | 'identity'

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

type Variables = Readonly<Record<string, string>>

/** Describes what programs do with a broker, whatever their language. */
export function describeClients(clients: readonly ForeignClient[]): void {
  let broker: ForeignBroker
  beforeAll(async () => {
    if (clients.some(({ isMissing }) => !isMissing)) broker = await startForeignBroker()
  })
  afterAll(() => broker?.[Symbol.asyncDispose]())

  for (const client of clients) {
    const runClient = (method: AuthMethod, more: Variables = {}): Promise<Output> =>
      run(client.command, { env: { ...variables(method, broker), ...more } })
    describe.skipIf(client.isMissing)(client.name, () => describeClient(client, runClient))
  }
}

function variables(method: AuthMethod, broker: ForeignBroker): Variables {
  return {
    BROKER_URL: broker.url,
    ORG_URL: broker.okta.orgUrl.origin,
    AUTH_METHOD: method,
    SCOPE: 'okta.users.read',
    ...credentialsFor(method, broker),
    ...broker.trust,
  }
}

function credentialsFor(method: AuthMethod, broker: ForeignBroker): Variables {
  switch (method) {
    case 'private_key_jwt':
      return { CLIENT_ID: 'signer', KEY_FILE: broker.keyPath }
    case 'identity':
      return { CLIENT_ID: 'deploy', IDENTITY_TOKEN: broker.identityToken() }
    default:
      return { CLIENT_ID: 'payroll', CLIENT_SECRET: secretOf('payroll') }
  }
}

function describeClient(
  { methods, rejected = [] }: ForeignClient,
  runClient: (method: AuthMethod, more?: Variables) => Promise<Output>,
): void {
  const secretMethods = methods.filter(method => method !== 'private_key_jwt' && method !== 'identity')

  it.each(methods)('calls Okta with a token of a narrower scope: %s', async method => {
    const { code, stdout, stderr } = await runClient(method)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(JSON.parse(stdout)).toEqual({ scope: 'okta.users.read', users: userCount })
  })

  it('gets a token with several scopes', async () => {
    const { stdout, stderr } = await runClient(methods[0], { SCOPE: 'okta.users.read okta.groups.read' })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout).scope.split(' ').sort()).toEqual(['okta.groups.read', 'okta.users.read'])
  })

  it.each(secretMethods)('gets a token when the secret has special characters: %s', async method => {
    const { stdout, stderr } = await runClient(method, { CLIENT_ID: 'chosen', CLIENT_SECRET: chosenSecret })
    expect(stderr).toBe('')
    expect(JSON.parse(stdout)).toMatchObject({ scope: 'okta.users.read' })
  })

  it.each(secretMethods)('shows the error message of the broker when the secret is wrong: %s', async method => {
    const { code, stdout, stderr } = await runClient(method, { CLIENT_SECRET: 'wrong' })
    expect(code).not.toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toContain('Unknown client, or wrong secret.')
  })

  it.each(rejected)('shows the error message of the broker when it rejects %s', async (method, message) => {
    const { code, stdout, stderr } = await runClient(method)
    expect(code).not.toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toContain(message)
  })

  it('shows the error message of the broker when the scope is not allowed', async () => {
    const { code, stdout, stderr } = await runClient(methods[0], { SCOPE: 'okta.apps.manage' })
    expect(code).not.toBe(0)
    expect(stdout).toBe('')
    expect(stderr).toContain('okta.apps.manage')
  })
}
