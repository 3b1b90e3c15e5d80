import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { secretOf } from '../../support/broker.test.support.js'
import { chosenSecret, type ForeignBroker, startForeignBroker } from './foreign-broker.test.support.js'
import { type Output, run } from './run.test.support.js'

/** How a client authenticates; `default` if the library chooses. */
export type AuthMethod = 'default' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt'

/** A program that gets a token with a library. It prints the scope and the number of users as JSON, or the library's error. */
export interface ForeignClient {
  readonly name: string
  /** Whether a program that it requires is missing. */
  readonly isMissing?: boolean
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]]
  readonly methods: readonly AuthMethod[]
  /** More variables for the program. */
  readonly env?: Readonly<Record<string, string>>
}

/** Describes what each client of the broker does, whatever its language. */
export function describeClient({ name, isMissing = false, command, methods, env = {} }: ForeignClient): void {
  describe.skipIf(isMissing)(name, () => {
    const secretMethods = methods.filter(method => method !== 'private_key_jwt')
    let broker: ForeignBroker
    beforeAll(async () => {
      broker = await startForeignBroker()
    })
    afterAll(() => broker[Symbol.asyncDispose]())

    function runClient(method: AuthMethod, more: Readonly<Record<string, string>> = {}): Promise<Output> {
      const isSigner = method === 'private_key_jwt'
      return run(command, {
        BROKER_URL: broker.url,
        ORG_URL: broker.okta.orgUrl.origin,
        AUTH_METHOD: method,
        CLIENT_ID: isSigner ? 'signer' : 'payroll',
        ...(isSigner ? { KEY_FILE: broker.keyPath } : { CLIENT_SECRET: secretOf('payroll') }),
        SCOPE: 'okta.users.read',
        ...broker.trust,
        ...env,
        ...more,
      })
    }

    it.each(methods)('gets a token with a narrower scope by %s, and calls Okta with it', async method => {
      const { code, stdout, stderr } = await runClient(method)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(JSON.parse(stdout)).toEqual({ scope: 'okta.users.read', users: broker.okta.users.length + 25 })
    })

    it('gets a token with all scopes', async () => {
      const { stdout, stderr } = await runClient(methods[0] as AuthMethod, {
        SCOPE: 'okta.users.read okta.groups.read',
      })
      expect(stderr).toBe('')
      expect(JSON.parse(stdout).scope.split(' ').sort()).toEqual(['okta.groups.read', 'okta.users.read'])
    })

    it.each(secretMethods)('sends a secret with special characters as the broker reads it: %s', async method => {
      const { stdout, stderr } = await runClient(method, { CLIENT_ID: 'chosen', CLIENT_SECRET: chosenSecret })
      expect(stderr).toBe('')
      expect(JSON.parse(stdout)).toMatchObject({ scope: 'okta.users.read' })
    })

    it.each(secretMethods)("shows the broker's error message when the secret is wrong: %s", async method => {
      const { code, stdout, stderr } = await runClient(method, { CLIENT_SECRET: 'wrong' })
      expect(code).not.toBe(0)
      expect(stdout).toBe('')
      expect(stderr).toContain('Unknown client, or wrong secret.')
    })

    it("shows the broker's error message when the scope is not allowed", async () => {
      const { code, stdout, stderr } = await runClient(methods[0] as AuthMethod, { SCOPE: 'okta.apps.manage' })
      expect(code).not.toBe(0)
      expect(stdout).toBe('')
      expect(stderr).toContain('okta.apps.manage')
    })
  })
}
