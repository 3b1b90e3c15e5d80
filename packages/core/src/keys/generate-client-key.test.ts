import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startOktaEmulator } from '@connect-okta/emulator'
import { describe, expect, it } from 'vitest'
import { newFolder } from '../../test/support/new-folder.test.support.js'
import { connect } from '../index.js'
import { createMemoryStore } from '../stores/memory-store.js'
import { clientKeyTypes, generateClientKey, saveClientKey } from './generate-client-key.js'

// Large RSA keys take seconds, so they run only in CI.
const types = clientKeyTypes.filter(type => process.env.CI === 'true' || !['RSA-3072', 'RSA-4096'].includes(type))

describe('generateClientKey', () => {
  it.each(types)('generates a key that Okta accepts: %s', async type => {
    const { privateJwk, publicJwk } = await generateClientKey({ type })
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(publicJwk).not.toHaveProperty(secret)
    expect(publicJwk).toMatchObject({ kid: privateJwk.kid, alg: privateJwk.alg, use: 'sig' })
    await using okta = await startOktaEmulator({ clients: [{ kind: 'service', jwks: { keys: [publicJwk] } }] })
    const { clientId } = okta.client('service')
    const options = { tenant: okta.orgUrl.origin, clientId, jsonWebKey: privateJwk }
    expect((await (await connect(options, { store: createMemoryStore() })).token()).type).toBe('Bearer')
  })

  it('generates a unique key id, or uses the given one', async () => {
    const [first, second] = [await generateClientKey({ type: 'P-256' }), await generateClientKey({ type: 'P-256' })]
    expect(first.publicJwk.kid).not.toBe(second.publicJwk.kid)
    expect((await generateClientKey({ type: 'P-256', keyId: 'my-key' })).publicJwk.kid).toBe('my-key')
  })

  it('rejects a key type that Okta does not support', async () => {
    await expect(generateClientKey({ type: 'RSA-1024' as never })).rejects.toMatchObject({ code: 'options_invalid' })
  })
})

const isPosix = process.platform !== 'win32'

describe('saveClientKey', () => {
  it('writes a file that only this user can read, and overwrites no file', async () => {
    const folder = await newFolder()
    const path = join(folder, 'key.json')
    const { privateJwk } = await generateClientKey({ type: 'P-256' })
    await saveClientKey(path, privateJwk)
    // On Windows, the permissions of the folder apply.
    if (isPosix) expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(privateJwk)
    await expect(saveClientKey(path, {})).rejects.toMatchObject({ code: 'options_invalid' })
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(privateJwk)
  })

  it('reports the reason when it cannot write the file', async () => {
    const folder = await newFolder()
    await writeFile(join(folder, 'file'), '')
    await expect(saveClientKey(join(folder, 'file', 'key'), {})).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining(isPosix ? 'ENOTDIR' : 'ENOENT'),
    })
  })
})
