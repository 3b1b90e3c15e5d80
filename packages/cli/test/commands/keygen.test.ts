import { createPrivateKey, createPublicKey, randomUUID, sign, verify } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { startOktaEmulator } from '@connect-okta/emulator'
import { beforeEach, describe, expect, it } from 'vitest'
import { emptyHome, run as runCommand } from '../support/run.test.support.js'

// It has a keyring, and no modes of files.
const isWindows = process.platform === 'win32'

let home: string
beforeEach(async () => {
  home = await emptyHome()
})

const run = (args: readonly string[]) => runCommand(args, { HOME: home })
const key = (name: string) => join(home, name)
const read = async (name: string) => JSON.parse(await readFile(key(name), 'utf8'))

describe('keygen', () => {
  it.each([
    ['RSA-2048', { kty: 'RSA', alg: 'RS256' }],
    ['P-256', { kty: 'EC', alg: 'ES256' }],
    ['P-384', { kty: 'EC', alg: 'ES384' }],
    ['P-521', { kty: 'EC', alg: 'ES512' }],
  ])('writes a private key of type %s to a 0600 file, and only its public key to stdout', async (type, about) => {
    const { code, stdout, stderr } = await run(['keygen', '--type', type, '--file', key('key.json')])
    expect(code).toBe(0)
    const publicJwk = JSON.parse(stdout)
    expect(publicJwk).toMatchObject(about)
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(publicJwk).not.toHaveProperty(secret)
    if (!isWindows) expect((await stat(key('key.json'))).mode & 0o777).toBe(0o600)
    const privateJwk = await read('key.json')
    expect(stdout + stderr).not.toContain(privateJwk.d)
    expect(stderr).toMatch(/Paste the public key.*Applications > your app.*Add key/)
    const signature = sign(undefined, Buffer.from('x'), createPrivateKey({ key: privateJwk, format: 'jwk' }))
    const isPair = verify(undefined, Buffer.from('x'), createPublicKey({ key: publicJwk, format: 'jwk' }), signature)
    expect(isPair).toBe(true)
  })

  it('never overwrites a key', async () => {
    await run(['keygen', '--type', 'P-256', '--file', key('key.json')])
    const before = await read('key.json')
    const again = await run(['keygen', '--type', 'P-256', '--file', key('key.json')])
    expect(again).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('never overwritten') })
    expect(await read('key.json')).toEqual(before)
  })

  it.each(['', 'relative'])('takes ~ as the home folder of the user database when HOME is %j', async where => {
    const file = `~/${randomUUID()}/key.json`
    const outcome = await runCommand(['keygen', '--type', 'P-256', '--file', file], { HOME: where }, { cwd: home })
    expect(outcome).toMatchObject({ code: 6, stdout: '', stderr: expect.stringContaining(userInfo().homedir) })
    expect(await readdir(home)).toEqual([])
  })

  it.each([[[]], [['--json']], [['--quiet']]])(
    'writes only the private key to stdout when the file is - with the flags %j',
    async flags => {
      const { code, stdout, stderr } = await run(['keygen', '--type', 'P-256', '--file', '-', ...flags])
      const privateJwk = JSON.parse(stdout)
      const { d, ...publicJwk } = privateJwk
      expect({ code, d }).toEqual({ code: 0, d: expect.stringMatching(/^[\w-]{43}$/) })
      expect(JSON.parse(stderr.split('\n')[0] ?? '')).toEqual(publicJwk)
      expect(stderr).not.toContain(d)
      expect(await readdir(process.cwd())).not.toContain('-')
    },
  )

  it.skipIf(isWindows)('fails when there is no keyring', async () => {
    const result = await run(['keygen', '--type', 'P-256', '--keyring', 'okta'])
    expect(result).toMatchObject({ code: 6, stdout: '', stderr: expect.stringContaining('no keyring') })
  })

  it('lists the types when it gets an unknown one', async () => {
    const result = await run(['keygen', '--type', 'RSA-1024'])
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('P-521') })
  })
})

describe('keygen --rotate', () => {
  it('makes a key of the same type, and both keys work until the old one is removed', async () => {
    const first = JSON.parse((await run(['keygen', '--type', 'P-384', '--file', key('ci.json')])).stdout)
    await using org = await startOktaEmulator({ clients: [{ kind: 'service', jwks: { keys: [first] } }] })
    const { clientId } = org.client('service')
    const app = ['--tenant', org.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
    expect(await run(['login', '--profile', 'ci', ...app, '--jwk-file', key('ci.json')])).toMatchObject({ code: 0 })

    const rotated = await run(['keygen', '--rotate', '--profile', 'ci'])
    expect(rotated.code).toBe(0)
    const second = JSON.parse(rotated.stdout)
    expect(second).toMatchObject({ crv: 'P-384' })
    expect(second.kid).not.toBe(first.kid)
    const [, newFile = '', command = ''] =
      /new private key is in (\S+?)\. [\s\S]*connect-okta (login .*)\n/.exec(rotated.stderr) ?? []
    expect(newFile).toMatch(/[\\/]ci-\d{4}-\d\d-\d\d\.json$/)
    expect(await read('ci.json')).toMatchObject({ kid: first.kid })
    // Only the old key can revoke its tokens, so the output says when they expire.
    expect(rotated.stderr).toMatch(/delete the old one\..*\n? *.*expires at 2\d{3}-/)

    org.update(clientId, { jwks: { keys: [first, second] } })
    expect(await run(['token', '--profile', 'ci', '--force-refresh'])).toMatchObject({ code: 0 })
    expect(await run(command.split(' '))).toMatchObject({ code: 0 })
    expect((await run(['profiles', 'show', 'ci'])).stdout).toContain(newFile)
    org.update(clientId, { jwks: { keys: [second] } })
    expect(await run(['token', '--profile', 'ci', '--force-refresh'])).toMatchObject({ code: 0 })
  })

  it('chooses a free file name when a key is rotated twice on one day', async () => {
    await run(['keygen', '--type', 'P-256', '--file', key('a.pem.json')])
    for (const _again of [1, 2])
      expect(await run(['keygen', '--rotate', '--jwk-file', key('a.pem.json')])).toMatchObject({ code: 0 })
  })

  it('writes the key to the home folder when the old file starts with ~', async () => {
    await run(['keygen', '--type', 'P-256', '--file=~/a.json'])
    const { code, stderr } = await run(['keygen', '--rotate', '--jwk-file=~/a.json'])
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringContaining(`new private key is in ${key('a-2')}`),
    })
  })

  it('fails when no key is configured', async () => {
    const result = await run(['keygen', '--rotate'])
    expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('--profile NAME') })
  })
})
