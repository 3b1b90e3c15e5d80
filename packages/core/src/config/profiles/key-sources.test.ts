import { generateKeyPairSync } from 'node:crypto'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Notice } from '../../index.js'
import { parseClientKey } from '../../keys/client-key.js'
import { type Home, newHome } from './home.test.support.js'
import { connectOptionsOf, readSettings } from './profiles.js'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const jwk = JSON.stringify(privateKey.export({ format: 'jwk' }))
const { thumbprint } = (await parseClientKey({ jsonWebKey: pem })) ?? { thumbprint: '' }
const base64 = (text: string) => Buffer.from(text).toString('base64')
const app = { CONNECT_OKTA_TENANT: 'a.okta.com', CONNECT_OKTA_CLIENT_ID: '0oa1' }

let home: Home
beforeEach(async () => {
  home = await newHome()
})

describe('a private key in a variable', () => {
  it.each([
    ['a PEM', pem],
    ['a PEM with escaped line ends', pem.replaceAll('\n', '\\n')],
    ['a PEM as a JSON string', JSON.stringify(pem)],
    ['a PEM in quotes that an env file left', `'${pem}'`],
    ['a PEM in Base64', base64(pem)],
    ['a PEM in Base64 with line breaks', base64(pem).replace(/.{76}/g, '$&\n')],
    ['a JWK', jwk],
    ['a JWK in quotes that an env file left', `'${jwk}'`],
    ['a JWK as a JSON string', JSON.stringify(jwk)],
    ['a JWK in Base64', base64(jwk)],
    ['a JWK in Base64url', Buffer.from(jwk).toString('base64url')],
  ])('is read as %s', async (_form, text) => {
    const options = await connectOptionsOf(
      await readSettings({}, {}, home.at({ ...app, CONNECT_OKTA_PRIVATE_KEY: text })),
    )
    const { jsonWebKey } = options as { jsonWebKey: string }
    expect((await parseClientKey({ jsonWebKey }))?.thumbprint).toBe(thumbprint)
  })
})

describe.skipIf(process.platform === 'win32')('a key file', () => {
  it('that has no end is an error, and not read to the end', async () => {
    const settings = readSettings({ tenant: 'a.okta.com', key: { file: '/dev/zero' } }, {}, home.at({}))
    await expect(settings.then(one => connectOptionsOf(one))).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining('EFBIG'),
    })
  })

  it('that other users can read gets a warning that says how to restrict it', async () => {
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
      const settings = await readSettings({ tenant: 'a.okta.com', key: { file: path } }, {}, home.at({}))
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
