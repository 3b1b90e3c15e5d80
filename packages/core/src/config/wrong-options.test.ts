import { createPrivateKey, type JsonWebKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { useServiceOrg } from '../../test/support/service-org.test.support.js'
import { connect, findSession, openSession, resume } from '../index.js'
import { beginSignIn } from '../web-sign-in.js'

const org = useServiceOrg()

describe('options of a program that the compiler does not check', () => {
  it.each([
    ['scope', ['okta.users.read'], 'Did you mean scopes?'],
    ['privateKey', '{}', 'Did you mean jsonWebKey?'],
    ['client_id', '0oa1', 'Did you mean clientId?'],
    ['orgUrl', 'https://example.okta.com', 'Did you mean tenant?'],
    ['store', 'file', 'Pass store in the second argument, with the dependencies.'],
    ['colour', 'red', expect.stringContaining('The options are: accept, accessToken,')],
  ])('are rejected with a hint when one is named %s', async (name, value, hint) => {
    const error = { code: 'options_invalid', message: `Unknown option: "${name}".`, hint }
    const options = { ...org.app(), [name]: value } as never
    for (const call of [connect, openSession, resume, findSession, beginSignIn])
      await expect(call(options, org.deps)).rejects.toMatchObject(error)
    expect(org.okta.requests).toEqual([])
  })

  it('are accepted when an unknown one is undefined', async () => {
    expect((await connect({ ...org.app(), scope: undefined } as never, org.deps)).grant).toBe('client_credentials')
  })

  it.each([
    ['a DPoP mode is a boolean', { dpop: true }, 'The option dpop is not a string.', /'auto', 'always' or 'never'/],
    ['a key is a path', { jsonWebKey: 'key.json' }, /neither a JWK nor a PEM/, /may be a path.*readFile/],
    ['a key is a path of Windows', { jsonWebKey: 'C:\\keys\\app.pem' }, /neither/, /may be a path/],
  ])('are rejected with a hint when %s', async (_what, change, message, hint) => {
    const failure = await connect({ ...org.app(), ...change } as never, org.deps).catch(caught => caught)
    expect(failure.message).toMatch(message)
    expect(failure.hint).toMatch(hint)
  })
})

describe('the credentials of a program', () => {
  const calls = [connect, openSession, resume, findSession, beginSignIn]

  it.each(['jsonWebKey', 'clientSecret', 'signer', 'apiToken', 'accessToken', 'identityToken', 'managedKeys'])(
    'are rejected when %s has no value, as from a variable that is not set',
    async name => {
      const { jsonWebKey: _key, ...app } = org.app()
      for (const value of [undefined, null]) {
        const error = {
          code: 'options_invalid',
          message: `The option ${name} is ${value}.`,
          hint: /Check that the variable/,
        }
        for (const call of calls) {
          const failure = await call({ ...app, [name]: value } as never, org.deps).catch(caught => caught)
          expect(failure).toMatchObject({ ...error, hint: expect.stringMatching(error.hint) })
        }
      }
      expect(org.okta.requests).toEqual([])
    },
  )

  it.each([
    ['jsonWebKey', 'apiToken', { apiToken: 'a-secret' }],
    ['jsonWebKey', 'clientSecret', { clientSecret: 'a-secret' }],
    ['jsonWebKey', 'signer', { signer: {} }],
    ['jsonWebKey', 'accessToken', { accessToken: 'a-secret' }],
  ])('are rejected when there are two: %s and %s', async (one, other, more) => {
    const message = expect.stringMatching(
      new RegExp(`^Several credentials are set: .*${other}, ${one}|${one}, ${other}`),
    )
    for (const call of calls) {
      const failure = await call({ ...org.app(), ...more } as never, org.deps).catch(caught => caught)
      expect(failure).toMatchObject({ code: 'options_invalid', message })
      expect(JSON.stringify(failure)).not.toContain('a-secret')
    }
  })

  it('are rejected with a hint when the key is a promise or a KeyObject', async () => {
    const key = createPrivateKey({ key: org.app().jsonWebKey as JsonWebKey, format: 'jwk' })
    for (const [jsonWebKey, message, hint] of [
      [Promise.resolve('{}'), 'The client key is a promise.', 'Use await to get its value.'],
      [key, 'The client key is a KeyObject.', "Export it: key.export({ format: 'jwk' })."],
    ]) {
      const failure = await connect({ ...org.app(), jsonWebKey } as never, org.deps).catch(caught => caught)
      expect(failure).toMatchObject({ code: 'private_key_invalid', message, hint })
    }
  })
})

describe('dependencies of a wrong type', () => {
  it.each([
    ['store', 'file', 'The dependency store is not a token store.', "Use openStore('file')."],
    ['store', {}, 'The dependency store is not a token store.', "Use openStore('auto')."],
    ['fetch', true, 'The dependency fetch is not a function.', 'Omit fetch, or pass a function.'],
    ['notify', console, 'The dependency notify is not a function.', 'Omit notify, or pass a function.'],
    ['environment', 'production', 'The dependency environment is not an environment.', /currentEnvironment/],
  ])('are rejected when %s is %j', async (name, value, message, hint) => {
    const deps = { ...org.deps, [name]: value } as never
    const failure = await connect(org.app(), deps).catch(caught => caught)
    expect(failure).toMatchObject({ code: 'options_invalid', message })
    expect(failure.hint).toMatch(hint)
  })
})

describe('a connection without scopes', () => {
  it('names the default scope and the alternative when the scope is not granted', async () => {
    const { scopes: _scopes, ...options } = org.app(2)
    await expect(connect(options, org.deps)).rejects.toMatchObject({
      code: 'scope_rejected',
      hint: expect.stringMatching(
        /Grant okta\.users\.manage at .*, or request scopes that the app has\. Default: okta\.users\.manage\.$/,
      ),
    })
  })
})
