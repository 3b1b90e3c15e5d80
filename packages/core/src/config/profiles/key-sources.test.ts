import { generateKeyPairSync } from 'node:crypto'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { appVariables, useTestHome } from '../../../test/support/test-home.test.support.js'
import type { Notice } from '../../index.js'
import { parseClientKey } from '../../keys/client-key.js'
import { connectOptionsOf } from './connect-options-of.js'
import { readSettings } from './read-settings.js'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const jwk = JSON.stringify(privateKey.export({ format: 'jwk' }))
const { thumbprint } = (await parseClientKey({ jsonWebKey: pem })) ?? { thumbprint: '' }
const base64 = (text: string) => Buffer.from(text).toString('base64')

const home = useTestHome()

describe('connectOptionsOf with a private key in a variable', () => {
  it.each([
    ['a PEM', pem],
    ['a PEM with escaped line breaks', pem.replaceAll('\n', '\\n')],
    ['a PEM as a JSON string', JSON.stringify(pem)],
    ['a PEM in quotes from an env file', `'${pem}'`],
    ['a PEM in Base64', base64(pem)],
    ['a PEM in Base64 with line breaks', base64(pem).replace(/.{76}/g, '$&\n')],
    ['a JWK', jwk],
    ['a JWK in quotes from an env file', `'${jwk}'`],
    ['a JWK as a JSON string', JSON.stringify(jwk)],
    ['a JWK in Base64', base64(jwk)],
    ['a JWK in Base64url', Buffer.from(jwk).toString('base64url')],
  ])('accepts %s', async (_form, text) => {
    const options = await connectOptionsOf(
      await readSettings({}, {}, home.environment({ ...appVariables, CONNECT_OKTA_PRIVATE_KEY: text })),
    )
    const { jsonWebKey } = options as { jsonWebKey: string }
    expect((await parseClientKey({ jsonWebKey }))?.thumbprint).toBe(thumbprint)
  })
})

describe.skipIf(process.platform === 'win32')('connectOptionsOf with a key file', () => {
  it('rejects a file without an end', async () => {
    const settings = readSettings({ tenant: 'a.okta.com', key: { file: '/dev/zero' } }, {}, home.environment())
    await expect(settings.then(resolved => connectOptionsOf(resolved))).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining('EFBIG'),
    })
  })

  it('warns and names the command to fix it when other users can read the file', async () => {
    const path = join(home.path, 'key.pem')
    await writeFile(path, pem)
    for (const [mode, count] of [
      [0o644, 1],
      [0o640, 1],
      [0o602, 1],
      [0o600, 0],
      [0o400, 0],
    ] as const) {
      await chmod(path, mode)
      const notices: Notice[] = []
      const settings = await readSettings({ tenant: 'a.okta.com', key: { file: path } }, {}, home.environment())
      await connectOptionsOf(settings, { notify: notice => notices.push(notice) })
      expect(notices).toHaveLength(count)
      if (count > 0) {
        expect(notices[0]).toMatchObject({
          code: 'key_file_readable',
          message: expect.stringContaining(`chmod 600 ${path}`),
        })
      }
    }
  })
})
