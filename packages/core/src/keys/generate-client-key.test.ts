import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startOktaEmulator } from '@connect-okta/emulator'
import { describe, expect, it } from 'vitest'
import { connect } from '../index.js'
import { createMemoryStore } from '../stores/memory-store.js'
import { clientKeyTypes, generateClientKey, saveClientKey } from './generate-client-key.js'

// Large RSA keys take seconds: they are for CI.
const types = clientKeyTypes.filter(type => process.env.CI === 'true' || !['RSA-3072', 'RSA-4096'].includes(type))

describe('generateClientKey', () => {
  it.each(types)('makes a key that Okta takes: %s', async type => {
    const { privateJwk, publicJwk } = await generateClientKey({ type })
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(publicJwk).not.toHaveProperty(secret)
    expect(publicJwk).toMatchObject({ kid: privateJwk.kid, alg: privateJwk.alg, use: 'sig' })
    await using okta = await startOktaEmulator({ clients: [{ kind: 'service', jwks: { keys: [publicJwk] } }] })
    const { clientId } = okta.client('service')
    const options = { tenant: okta.orgUrl.origin, clientId, jsonWebKey: privateJwk }
    expect((await (await connect(options, { store: createMemoryStore() })).token()).type).toBe('Bearer')
  })

  it('names keys so that no two share a name, or as the caller likes', async () => {
    const [one, two] = [await generateClientKey({ type: 'P-256' }), await generateClientKey({ type: 'P-256' })]
    expect(one.publicJwk.kid).not.toBe(two.publicJwk.kid)
    expect((await generateClientKey({ type: 'P-256', keyId: 'mine' })).publicJwk.kid).toBe('mine')
  })

  it('refuses what Okta does not take', async () => {
    await expect(generateClientKey({ type: 'RSA-1024' as never })).rejects.toMatchObject({ code: 'options_invalid' })
  })
})

describe('saveClientKey', () => {
  it('writes a file that this user alone can read, and never over another', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keygen-'))
    const path = join(folder, 'key.json')
    const { privateJwk } = await generateClientKey({ type: 'P-256' })
    await saveClientKey(path, privateJwk)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(privateJwk)
    await expect(saveClientKey(path, {})).rejects.toMatchObject({ code: 'options_invalid' })
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(privateJwk)
  })

  it('says why it cannot', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'keygen-'))
    await writeFile(join(folder, 'file'), '')
    await expect(saveClientKey(join(folder, 'file', 'key'), {})).rejects.toMatchObject({
      code: 'store_failed',
      message: expect.stringContaining('ENOTDIR'),
    })
  })
})
