import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { chmod, readdir, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, inject, it } from 'vitest'
import { useTestHome } from '../support/test-home.test.support.js'
import { publicJwk, recipe, tokenByProfile } from './recipe.test.support.js'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const standIns = fileURLToPath(new URL('stand-ins', import.meta.url))
const home = useTestHome()

/** Installs the stand-ins under the names of their programs, and returns the environment. */
async function installPrograms() {
  const STAND_IN_KEY = await home.write('key.pem', privateKey.export({ format: 'pem', type: 'pkcs8' }))
  for (const file of await readdir(standIns)) {
    const program = await home.write(`bin/${file.replace('.mjs', '')}`, '')
    await writeFile(program, `#!/bin/sh\nexec "${process.execPath}" "${join(standIns, file)}" "$@"\n`)
    await chmod(program, 0o700)
  }
  return home.environment({ PATH: [join(home.path, 'bin'), process.env.PATH].join(delimiter), STAND_IN_KEY })
}

describe.skipIf(inject('systemNeeds').openssl === undefined)('the recipe for a key service', () => {
  it.each(['aws', 'azure', 'google', 'vault'])('gets a token: %s', async name => {
    const environment = await installPrograms()
    const key = recipe(name)
    const jwk = publicJwk(createPublicKey(privateKey), key)
    expect(await tokenByProfile({ ...key, jwk }, jwk, environment)).toBe('memory')
  })

  it('reports the error of the program when the command line is another one', async () => {
    const environment = await installPrograms()
    const key = recipe('aws')
    const jwk = publicJwk(createPublicKey(privateKey), key)
    const command = (key.command as string[]).map(arg => arg.replace('alias/okta', 'alias/other'))
    await expect(tokenByProfile({ ...key, command, jwk }, jwk, environment)).rejects.toMatchObject({
      code: 'signer_failed',
      message: expect.stringMatching(/^The command "aws" failed \(1\): .*key-id is alias\/other, not alias\/okta/),
    })
  })
})
