import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startOktaEmulator } from '@connect-okta/emulator'
import type { JWK } from 'jose'
import { describe, expect, it } from 'vitest'
import { useSigningProgram } from '../../../../test/support/signing-program.test.support.js'
import { allTextOf } from '../../../../test/support/test-home.test.support.js'
import { connect } from '../../../index.js'
import { createMemoryStore } from '../../../stores/memory-store.js'
import { parseClientKey } from '../../client-key.js'
import { publicJwkOf } from '../client-signer.js'
import type { CommandSignerOptions } from './command-signer.js'

const data = Buffer.from('some data')
const { keys, jwkOf, pemOf, program, signerBy, folder } = useSigningProgram()
const raw = "crypto.sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' })"
const der = "crypto.sign('sha256', input, key)"

/** Signs, and verifies the signature as a session does. */
async function verified(...args: Parameters<typeof signerBy>): Promise<Uint8Array | undefined> {
  return await (await parseClientKey({ signer: signerBy(...args) }))?.sign(data)
}

describe('commandSigner', () => {
  it.each([
    ['raw bytes', `print(${raw})`],
    ['DER', `print(${der})`],
    ['raw bytes in Base64', `console.log(${raw}.toString('base64'))`],
    ['raw bytes in Base64url', `console.log(${raw}.toString('base64url'))`],
    ['DER in Base64', `console.log(${der}.toString('base64'))`],
    ['DER in Base64 with line ends', `console.log(${der}.toString('base64').replace(/.{40}/g, '$&\\n'))`],
    ['Base64 in quotes', `console.log(JSON.stringify(${raw}.toString('base64')))`],
    ['Base64 after the prefix of Vault', `console.log('vault:v2:' + ${raw}.toString('base64url'))`],
  ])('accepts %s', async (_what, statement) => {
    expect((await verified(statement))?.byteLength).toBe(64)
  })

  it.each([
    ['RS256', 'rsa', "print(crypto.sign('sha256', input, key))"],
    ['RS384', 'rsa', "print(crypto.sign('sha384', input, key))"],
    ['RS512', 'rsa', "console.log(crypto.sign('sha512', input, key).toString('base64'))"],
    ['ES384', 'P-384', "print(crypto.sign('sha384', input, key))"],
    ['ES512', 'P-521', "print(crypto.sign('sha512', input, key))"],
  ] as const)('gets a token by %s', async (alg, key, statement) => {
    const signer = signerBy(statement, { publicKey: { ...jwkOf(key), alg } }, key)
    expect(signer.algorithm).toBe(alg)
    await using okta = await startOktaEmulator({
      clients: [{ kind: 'service', jwks: { keys: [publicJwkOf(signer) as JWK] } }],
    })
    const { clientId } = okta.client('service')
    const session = await connect({ tenant: okta.orgUrl.origin, clientId, signer }, { store: createMemoryStore() })
    expect((await session.token()).type).toBe('Bearer')
  })

  it('converts every signature from DER, also with short numbers', async () => {
    const first = await verified(
      `let signature
       do signature = ${der}
       while (signature.length > 69)
       print(signature)`,
    )
    expect(first?.byteLength).toBe(64)
  })

  const digest = createHash('sha256').update(data).digest()
  it.each([
    ['message', data],
    ['digest', digest],
    ['message-base64', Buffer.from(data.toString('base64'))],
    ['digest-base64', Buffer.from(digest.toString('base64'))],
  ] as const)('sends the %s to the command', async (input, expected) => {
    const path = JSON.stringify(join(folder(), input))
    await signerBy(`fs.writeFileSync(${path}, input); print(Buffer.alloc(64, 1))`, { input }).sign(data)
    expect(await readFile(join(folder(), input))).toEqual(expected)
  })

  // Windows has no such path.
  it.skipIf(process.platform === 'win32')('lets the command open its standard input by a path', async () => {
    const statement = "const data = fs.readFileSync('/dev/stdin'); print(crypto.sign('sha256', data, key))"
    const command = program('P-256', statement).map(part => part.replace(', input = fs.readFileSync(0)', ''))
    expect((await verified('', { command }))?.byteLength).toBe(64)
  })

  it('accepts a public key as PEM, with a key id', async () => {
    const publicKey = keys['P-256'].publicKey.export({ format: 'pem', type: 'spki' }).toString()
    const signer = signerBy('', { publicKey, keyId: 'k1' })
    expect(publicJwkOf(signer)).toEqual({ ...jwkOf('P-256'), kid: 'k1', alg: 'ES256', use: 'sig' })
  })

  it.each([
    ['prints nothing', '', {}, /^The command "node[\w.]*" printed no signature\.$/, /standard output/],
    ['prints too much', 'print(Buffer.alloc(70_000))', {}, /printed more than 64 KiB/, /only the signature/],
    [
      'prints too few bytes',
      'print(Buffer.alloc(63))',
      {},
      /printed 63 bytes, but a signature of this key has 64/,
      /./,
    ],
    ['prints text', "console.log('The signature: AQID')", {}, /printed 20 bytes/, /only the signature/],
    ['prints DER where raw was declared', `print(${der})`, { signature: 'raw' }, /DER, but raw was declared/, /der/],
    ['prints raw where DER was declared', `print(${raw})`, { signature: 'der' }, /raw signature, but DER/, /raw/],
    ['fails', "console.error('No such token'); process.exit(3)", {}, /failed \(3\): No such token\.?$/, /in a shell/],
    ['is ended by a signal', "process.kill(process.pid, 'SIGTERM')", {}, /failed \((SIGTERM|1)\)/, /in a shell/],
    ['hangs', 'setTimeout(() => {}, 60_000)', { timeoutMs: 500 }, /did not end within 0.5 s/, /no terminal/],
    ['is missing', '', { command: ['/nowhere/sign'] }, /"sign" was not found/, /absolute path/],
    [
      'is no program',
      '',
      { command: [import.meta.dirname] },
      /not be started \(EACCES\)|not found/,
      /executable|absolute/,
    ],
  ] as const)('reports a command that %s', async (_what, statement, options, message, hint) => {
    const signer = signerBy(statement, options as Partial<CommandSignerOptions>)
    await expect(signer.sign(data)).rejects.toMatchObject({
      code: 'signer_failed',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
  })

  it.each([
    [
      'signs with another key',
      "print(crypto.sign('sha256', input, crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey))",
    ],
    ['hashes the digest again', `print(${der})`],
  ])('reports before a request that command and key do not match when it %s', async (_what, statement) => {
    const signer = signerBy(statement, { input: 'digest' })
    const requests: unknown[] = []
    const fetch = async (...args: unknown[]) => {
      requests.push(args)
      return new Response()
    }
    const connecting = connect({ tenant: 'example.okta.com', clientId: '0oaServiceApp0000001', signer }, { fetch })
    await expect(connecting).rejects.toMatchObject({
      code: 'private_key_invalid',
      message: expect.stringMatching(
        /^The command "node[\w.]*" signed with a key that does not match its public key\.$/,
      ),
    })
    expect(requests).toEqual([])
  })

  it.each([
    ['a text as the command', { command: 'openssl dgst' }, 'options_invalid'],
    ['an empty command', { command: [] }, 'options_invalid'],
    ['an empty program', { command: [' ', 'a'] }, 'options_invalid'],
    ['a null character', { command: ['a\0b'] }, 'options_invalid'],
    ['an unknown input', { input: 'hash' }, 'options_invalid'],
    ['an unknown format', { signature: 'pem' }, 'options_invalid'],
    ['an algorithm of another key type', { algorithm: 'RS256' }, 'private_key_invalid'],
    ['no public key', { publicKey: undefined }, 'private_key_invalid'],
    ['a private key', { publicKey: keys['P-256'].privateKey.export({ format: 'jwk' }) }, 'private_key_invalid'],
    ['a private PEM', { publicKey: pemOf(keys['P-256'].privateKey) }, 'private_key_invalid'],
    ['a text that is no key', { publicKey: 'hello' }, 'private_key_invalid'],
  ])('rejects %s', (_what, options, code) => {
    let error: unknown
    try {
      signerBy('', options as object)
    } catch (caught) {
      error = caught
    }
    expect(error).toMatchObject({ code })
    expect(allTextOf(error)).not.toContain(keys['P-256'].privateKey.export({ format: 'jwk' }).d)
  })
})
