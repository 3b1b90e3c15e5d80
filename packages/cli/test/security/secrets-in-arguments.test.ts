import { generateKeyPairSync } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { emptyHome, run as runCommand } from '../support/run.test.support.js'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = String(privateKey.export({ format: 'pem', type: 'pkcs8' }))
const jwk = JSON.stringify(privateKey.export({ format: 'jwk' }))
const der = (type: 'pkcs8' | 'sec1', encryption = {}) => privateKey.export({ format: 'der', type, ...encryption })
const base64 = Buffer.from(pem).toString('base64')
const keys = {
  PEM: pem,
  JWK: jwk,
  'a PEM in Base64': base64,
  'a JWK in Base64': Buffer.from(jwk).toString('base64url'),
  'a PKCS #8 key in Base64': der('pkcs8').toString('base64'),
  'a SEC 1 key in Base64url': der('sec1').toString('base64url'),
  'an encrypted key in Base64': der('pkcs8', { cipher: 'aes-256-cbc', passphrase: 'x' }).toString('base64'),
  'a PKCS #8 key in hexadecimal': der('pkcs8').toString('hex'),
}
// A client secret and an API token in Okta's form, and a password.
const secret = 'q7Zk3vYx_Lw8mN2pR5tB9cF4hJ6sD1gK0aE-uVyXzTqWrMnPbCjHfLdSgA3e5i7o'
const apiToken = '00Tq7Zk3vYxLw8mN2pR5tB9cF4hJ6sD1gK0aEuVyXz'
const word = 'correcthorse'
const secrets = { ...keys, 'a client secret': secret, 'an API token': apiToken, 'a word': word }

let home: string
beforeEach(async () => {
  home = await emptyHome()
})

const app = ['--tenant', 'x.okta.com', '--client-id', '0oa1']
// VALUE is replaced by the secret.
const places: readonly (readonly [where: string, args: readonly string[]])[] = [
  ['after an unknown flag', ['token', '--key', 'VALUE']],
  ['after an unknown flag, joined', ['token', '--private-key=VALUE']],
  ['after an unknown flag without a command', ['--client-secret', 'VALUE']],
  ['after an unknown flag, before a command', ['--client-secret', 'VALUE', 'tokn']],
  ['after a known boolean flag', ['token', '--force-refresh', 'VALUE']],
  ['as a positional', ['status', 'VALUE']],
  ['as an extra positional', ['api', 'GET', '/x', 'VALUE']],
  ['as a choice of a flag', ['token', '--format', 'VALUE']],
  ['as a choice of a positional', ['completion', 'VALUE']],
  ['as an action', ['profiles', 'VALUE']],
  ['as a profile to show', ['profiles', 'show', 'VALUE']],
  ['as a duration', ['token', '--min-validity', 'VALUE']],
  ['as the path of a request', ['api', 'VALUE']],
  ['as the method of a request', ['api', 'VALUE1', '/x']],
  ['as a header', ['api', '/x', '-H', 'Authorization VALUE', ...app]],
  ['as a field without a name', ['api', 'POST', '/x', '-F', 'VALUE without =']],
  ['as the name of a field', ['api', 'POST', '/x', '-F', 'a[VALUE][=1']],
  ['as the file of a body', ['api', 'POST', '/x', '--input', 'VALUE']],
  ['as the file of a field', ['api', 'POST', '/x', '-F', 'a=@VALUE']],
  ['as the file of a key', ['login', ...app, '--jwk-file', 'VALUE']],
  ['as the file of a secret', ['login', ...app, '--client-secret-file', 'VALUE']],
  ['as the file of an API token', ['token', '--tenant', 'x.okta.com', '--api-token-file', 'VALUE']],
]

describe('an error about a command line', () => {
  it.each(places)('repeats no secret when it is given %s', async (_where, template) => {
    for (const value of Object.values(secrets)) {
      const args = template.map(one =>
        one.replace('VALUE without =', value.replaceAll('=', '')).replaceAll('VALUE', value),
      )
      await expectHidden(args, value)
    }
  })

  async function expectHidden(args: readonly string[], value: string): Promise<void> {
    for (const more of [[], ['--json', '--verbose']]) {
      const { code, stdout, stderr } = await runCommand([...args, ...more], { HOME: home })
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.not.stringContaining('a bug') })
      // Also escaped, or broken into lines.
      const shown = `${stdout}${stderr}`.replace(/\\n|\s/g, '')
      for (const part of value.split(/\s+/).filter(one => one.length > 9 && !one.includes('-----'))) {
        expect(shown).not.toContain(part.slice(0, 24))
        expect(shown).not.toContain(part.slice(-24).replace(/["}\]]+$/, ''))
      }
    }
  }

  it.each(Object.entries(keys))(
    'reports the option, the format and the length when the value is %s',
    async (_what, key) => {
      const inOne = await runCommand(['token', `--key-id=${key}`], { HOME: home })
      const inTwo = await runCommand(['token', '--key-id', key], { HOME: home })
      for (const { code, stderr } of [inOne, inTwo]) {
        expect(code).toBe(2)
        expect(stderr).toMatch(
          new RegExp(
            `The value of --key-id contains a private key \\((PEM|JSON|Base64 or a token), ${key.length} characters\\)`,
          ),
        )
      }
    },
  )

  it('reports the option and the variable when the address of a store has a password', async () => {
    for (const address of ['redis://:pass-word@127.0.0.1:1', 'REDISS://user:pass/word@h/1', 'redis://:p@ss-word@h']) {
      for (const args of [
        ['status', '--store', address],
        ['login', ...app, `--store=${address}`],
        ['serve', address],
      ]) {
        const { code, stdout, stderr } = await runCommand(args, { HOME: home })
        expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
        expect(stderr).toMatch(/contains a password \(text, \d+ characters\)[\s\S]*CONNECT_OKTA_STORE/)
        expect(stderr).not.toMatch(/pass[-/]|word@|p@ss/)
      }
    }
  })

  it.each([
    '127.0.0.1:6379,password=hunter22,ssl=True',
    'host.redis.cache.windows.net:6380,ssl=True,Password=hunter22',
    'redis://127.0.0.1:1?password=hunter22',
    'rediss://127.0.0.1:1/0?username=u&password=hunter22',
    'redis-cli -h 127.0.0.1 -a hunter22',
    'redis-cli -u x --pass=hunter22',
    'hunter22@cache:6379',
    ':hunter22@cache:6379',
    'redis+sentinel://:hunter22@cache:6379',
    'valkey://u:hunter22@cache:6379',
    '"redis://:hunter22@cache:6379"',
  ])('is rejected as an argument without its password when it is --store %s', async store => {
    for (const args of [['--store', store], [`--store=${store}`]]) {
      const { code, stdout, stderr } = await runCommand(['status', ...args], { HOME: home })
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
      expect(stderr).toMatch(/The value of --store contains a password \(.*, \d+ characters\)[\s\S]*CONNECT_OKTA_STORE/)
      expect(stderr).not.toContain('hunter22')
    }
  })

  it.each(['redis://127.0.0.1:1/2', 'rediss://user@127.0.0.1:1', 'auto', 'memory', '127.0.0.1:6379'])(
    'accepts the store %s without a password',
    async store => {
      const { stderr } = await runCommand(['status', '--store', store], { HOME: home })
      expect(stderr).not.toContain('password')
    },
  )

  it('accepts a certificate and a public key as the value of a field', async () => {
    const certificate = `cert=-----BEGIN CERTIFICATE-----\n${'A'.repeat(100)}\n-----END CERTIFICATE-----`
    const spki = publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
    const { stderr } = await runCommand(
      ['api', 'POST', '/x', '-F', certificate, '-f', 'k={"kty":"EC","x":"abc"}', '-f', `spki=${spki}`],
      {
        HOME: home,
      },
    )
    expect(stderr).toContain('login_required')
  })
})

describe('the password of a store', () => {
  it('is not printed when the file of profiles has it', async () => {
    await mkdir(join(home, '.config/connect-okta'), { recursive: true, mode: 0o700 })
    const profiles = 'default: r\nprofiles:\n  r:\n    tenant: x.okta.com\n    store: redis://:pass-word@127.0.0.1:1\n'
    await writeFile(join(home, '.config/connect-okta/profiles.yaml'), profiles, { mode: 0o600 })
    for (const args of [['profiles'], ['profiles', '--json'], ['profiles', 'show', 'r'], ['status'], ['token']]) {
      const { code, stdout, stderr } = await runCommand(args, { HOME: home })
      expect({ args, code, stdout }).toEqual({ args, code: args[0] === 'status' ? 0 : 2, stdout: '' })
      expect(stderr).toContain('CONNECT_OKTA_STORE')
      expect(stderr).not.toContain('pass-word')
    }
  })
})
