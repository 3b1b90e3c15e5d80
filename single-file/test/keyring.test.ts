import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type SecretService, startSecretService } from '../../packages/core/test/support/secret-service.test.support.js'
import { installProgram, serviceApp } from './program.test.support.js'

const { secretService } = inject('systemNeeds')

describe.skipIf(secretService === undefined)('the program with a keyring', () => {
  let okta: OktaEmulator
  let service: SecretService
  beforeAll(async () => {
    ;[okta, service] = await Promise.all([startOktaEmulator(), startSecretService()])
  })
  afterAll(() => Promise.all([okta.close(), service.stop()]))

  async function signedIn() {
    const { DBUS_SESSION_BUS_ADDRESS = '' } = service.environment
    const program = await installProgram({ DBUS_SESSION_BUS_ADDRESS, CONNECT_OKTA_STORE: 'auto' })
    const login = await program.run(['login', ...(await serviceApp(okta, program.home))])
    return { ...program, login, native: join(program.state, 'native') }
  }

  it('encrypts tokens with a key in the keyring, and reads them in a later process', async () => {
    const { run, login, state } = await signedIn()
    expect(login).toMatchObject({ code: 0, stderr: expect.not.stringContaining('keyring') })
    const [record = ''] = (await readdir(join(state, 'tokens'))).filter(name => name.endsWith('.json'))
    expect(await readFile(join(state, 'tokens', record), 'utf8')).not.toContain('access_token')
    expect(await readdir(join(state, 'tokens'))).toContain('sealed')
    expect(await run(['token'])).toMatchObject({ stdout: expect.stringMatching(/^\S{20,}\n$/), code: 0 })
  })

  it('stores its native code where only this user can write, and replaces a changed file', async () => {
    const { run, native } = await signedIn()
    expect((await stat(native)).mode & 0o777).toBe(0o700)
    const [name = ''] = await readdir(native)
    const path = join(native, name)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    const code = await readFile(path)
    await writeFile(path, 'not this code')
    expect(await run(['token'])).toMatchObject({ code: 0 })
    expect((await readFile(path)).equals(code)).toBe(true)
    expect(await readdir(native)).toEqual([name])
  })

  it('does not load native code from a folder to which others can write', async () => {
    const { run, native } = await signedIn()
    await chmod(native, 0o777)
    const { stderr, code } = await run(['token'])
    expect(code).toBe(6)
    expect(stderr).toContain(`Other users can write to ${native}`)
  })
})
