import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { newFolder } from '../support/new-folder.test.support.js'
import { profiles, runProgram, stores } from '../support/run-program.test.support.js'

// The working directory belongs to an attacker, and variables are empty or relative to it.
describe.skipIf(process.platform === 'win32')('a process in an untrusted working directory', () => {
  let folder: string
  beforeEach(async () => {
    folder = await newFolder()
    const profilesYaml = 'default: p\nprofiles:\n  p: { tenant: evil.example, clientId: 0oaEvil }\n'
    for (const place of ['.config/connect-okta', 'connect-okta', 'config/connect-okta']) {
      await mkdir(join(folder, place), { recursive: true })
      await writeFile(join(folder, place, 'profiles.yaml'), profilesYaml)
    }
  })

  async function settingsWith(env: NodeJS.ProcessEnv): Promise<unknown> {
    const script = `
      import { readSettings } from ${profiles}
      import { openStore } from ${stores}
      const { values } = await readSettings().catch(error => ({ values: { code: error.code, message: error.message } }))
      console.log(JSON.stringify({ ...values, store: openStore('file').location }))`
    return JSON.parse(await runProgram(script, { cwd: folder, env }))
  }

  it.each([
    ['HOME is empty', { HOME: '' }],
    ['HOME is relative', { HOME: 'config' }],
    ['the XDG variables are relative', { HOME: tmpdir(), XDG_CONFIG_HOME: 'config', XDG_STATE_HOME: 'config' }],
    ['the XDG variables are a dot', { HOME: tmpdir(), XDG_CONFIG_HOME: '.', XDG_STATE_HOME: '.' }],
  ])('does not use that directory when %s', async (_what, env) => {
    const settings = (await settingsWith(env)) as { tenant?: string; store: string }
    expect(settings.tenant).toBeUndefined()
    expect(settings.store.startsWith('/')).toBe(true)
    expect(settings.store.startsWith(folder)).toBe(false)
  })

  it.each(['CONNECT_OKTA_CONFIG_DIR', 'CONNECT_OKTA_STATE_DIR'])('rejects a relative %s', async variable => {
    const outcome = await settingsWith({ HOME: tmpdir(), [variable]: 'config' }).then(JSON.stringify, String)
    expect(outcome).toContain(`${variable} is not an absolute path`)
  })
})
