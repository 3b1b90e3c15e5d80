import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rsaKey } from '../../../../scripts/testing/rsa-key.js'
import { parseApiTokenOptions, parseOptions, parseSelection } from '../../src/config/parse-options.js'
import { connectOptionsOf } from '../../src/config/profiles/connect-options-of.js'
import { readSettings } from '../../src/config/profiles/read-settings.js'
import { isOktaConnectError } from '../../src/index.js'
import { parseClientKey } from '../../src/keys/client-key.js'
import { keyTextFrom } from '../../src/keys/reader/der.js'
import { mutated, parameters, property } from './fuzz.test.support.js'

const caseCount = 10_000
const { privateKey, publicKey, privateJwk } = rsaKey()
const passphrase = 'correct horse'
const pems = [
  privateKey.export({ format: 'pem', type: 'pkcs8' }),
  privateKey.export({ format: 'pem', type: 'pkcs1' }),
  privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-128-cbc', passphrase }),
  publicKey.export({ format: 'pem', type: 'spki' }),
].map(String)
const secretParts = [JSON.stringify(privateJwk), ...pems].flatMap(text => text.match(/[\w+/-]{12}/g) ?? [])

/** What people, shells, editors and vaults do to a text. */
const changes: readonly ((text: string) => string)[] = [
  text => `"${text}"`,
  text => `'${text}'`,
  text => JSON.stringify(text),
  text => JSON.stringify({ data: { key: text } }),
  text => JSON.stringify({ keys: [text, text] }),
  text => text.replaceAll('\n', '\\n'),
  text => text.replaceAll('\n', ' '),
  text => text.replaceAll('\n', ''),
  text => text.replaceAll('"', '\\"'),
  text => text.replace(/^/gm, '  '),
  text => `KEY=${text}`,
  text => `key: |\n  ${text}`,
  text => encodeURIComponent(Buffer.from(text).toString()),
  text => Buffer.from(text).toString('base64'),
  text => Buffer.from(`\uFEFF${text}`, 'utf16le').toString('base64'),
  text => Buffer.from(`\uFEFF${text}`, 'utf16le').toString('utf8'),
  text => text.slice(0, Math.floor(text.length * 0.7)),
  text => text.slice(Math.floor(text.length * 0.3)),
  text => text + text,
]

const keyTexts = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(JSON.stringify(privateJwk), ...pems),
      mutated(fc.constantFrom(JSON.stringify(privateJwk), ...pems)),
      fc.string({ unit: 'binary' }),
      fc.json(),
    ),
    fc.array(fc.constantFrom(...changes), { maxLength: 4 }),
  )
  .map(([text, applied]) => applied.reduce((changed, change) => change(changed), text))

async function outcomeOf(act: () => unknown, secrets: readonly string[]): Promise<'value' | 'error'> {
  try {
    await act()
    return 'value'
  } catch (error) {
    if (!isOktaConnectError(error)) throw error
    const shown = [error.message, error.hint, error.stack, String(error.cause), JSON.stringify(error)].join()
    expect(secrets.filter(secret => shown.includes(secret))).toEqual([])
    expect(error.message).not.toMatch(/\p{Cc}/u)
    return 'error'
  }
}

describe('the reader of keys', () => {
  it(`returns a key or a typed error without a part of the key for ${caseCount} texts`, async () => {
    const outcomes = { value: 0, error: 0 }
    const check = async (text: string) => {
      outcomes[await outcomeOf(() => parseClientKey({ jsonWebKey: text, passphrase }), secretParts)] += 1
    }
    await fc.assert(property(keyTexts, check), { ...parameters, numRuns: caseCount })
    expect(outcomes.value).toBeGreaterThan(caseCount / 20)
    expect(outcomes.error).toBeGreaterThan(caseCount / 20)
  })

  it('returns a key or a typed error for the bytes of any file', async () => {
    await fc.assert(
      property(fc.uint8Array({ maxLength: 300 }), async bytes => {
        await outcomeOf(() => parseClientKey({ jsonWebKey: keyTextFrom(bytes) }), [])
        await outcomeOf(() => parseClientKey({ jsonWebKey: keyTextFrom(Uint8Array.of(0x30, 0x82, ...bytes)) }), [])
      }),
      parameters,
    )
  })
})

// Long enough to be recognized as a possible secret wherever it is given.
const secret = 'cAnArY0123456789cAnArY0123456789cAnArY'
const values = fc.oneof(
  fc.constantFrom(
    'a',
    'okta.users.read',
    '"a b"',
    '["a","b"]',
    "'x'",
    `$\{NAME}`,
    '',
    ' ',
    secret,
    `${secret} x`,
    `https://a:${secret}@b.c`,
  ),
  fc.constantFrom(
    'example.okta.com',
    'https:/example.okta.com/oauth2/default',
    'localhost:8080/cb',
    'default',
    'true',
    '5',
  ),
  fc.string({ unit: 'binary' }),
  fc.string(),
)

describe('the reader of options', () => {
  it(`returns options or a typed error without a secret for ${caseCount} sets of options and variables`, async () => {
    const names = [
      'tenant',
      'clientId',
      'scopes',
      'authorizationServer',
      'redirectUri',
      'loginHint',
      'grant',
      'dpop',
      'clientSecret',
      'apiToken',
      'jsonWebKey',
      'keyId',
      'passphrase',
      'timeoutMs',
    ]
    const variableNames = [
      'TENANT',
      'CLIENT_ID',
      'SCOPES',
      'AUTHORIZATION_SERVER',
      'REDIRECT_URI',
      'LOGIN_HINT',
      'GRANT',
      'DPOP',
      'CLIENT_SECRET',
      'API_TOKEN',
      'PRIVATE_KEY',
      'STORE',
      'SCOPE',
      'KEY_PASSPHRASE',
    ]
    const anything = fc.oneof(values, fc.array(values, { maxLength: 3 }), fc.anything())
    const cases = fc.record({
      options: fc.record(Object.fromEntries(names.map(name => [name, anything])), { requiredKeys: [] }),
      variables: fc.record(Object.fromEntries(variableNames.map(name => [`CONNECT_OKTA_${name}`, values])), {
        requiredKeys: [],
      }),
    })
    const outcomes = { value: 0, error: 0 }
    const check = async ({
      options,
      variables,
    }: {
      options: object
      variables: Record<string, string | undefined>
    }) => {
      const environment = { variables, home: undefined, configDirectory: '/nowhere', stateDirectory: '/nowhere' }
      const acts = [
        () => parseOptions({ tenant: 'a.okta.com', clientId: '0oa1', ...options } as never),
        () => parseSelection(options as never),
        () => parseApiTokenOptions({ tenant: 'a.okta.com', apiToken: 'x', ...options } as never),
        async () => connectOptionsOf(await readSettings({}, {}, environment), { environment }),
      ]
      for (const act of acts) outcomes[await outcomeOf(act, [secret])] += 1
    }
    await fc.assert(property(cases, check), { ...parameters, numRuns: caseCount })
    expect(outcomes.value).toBeGreaterThan(caseCount / 20)
    expect(outcomes.error).toBeGreaterThan(caseCount / 20)
  })
})
