import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { profiles, runProgram, stores } from '../support/program.test.support.js'

// As a program in the folder of somebody else, with variables that lead there.
describe.skipIf(process.platform === 'win32')('a process in a hostile folder', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hostile-'))
    const profiles = 'default: p\nprofiles:\n  p: { tenant: evil.example, clientId: 0oaEvil }\n'
    for (const place of ['.config/connect-okta', 'connect-okta', 'config/connect-okta']) {
      await mkdir(join(folder, place), { recursive: true })
      await writeFile(join(folder, place, 'profiles.yaml'), profiles)
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
    ['an empty HOME', { HOME: '' }],
    ['a relative HOME', { HOME: 'config' }],
    ['relative XDG folders', { HOME: tmpdir(), XDG_CONFIG_HOME: 'config', XDG_STATE_HOME: 'config' }],
    ['XDG folders that are a dot', { HOME: tmpdir(), XDG_CONFIG_HOME: '.', XDG_STATE_HOME: '.' }],
  ])('takes nothing from it and writes nothing into it with %s', async (_what, env) => {
    const found = (await settingsWith(env)) as { tenant?: string; store: string }
    expect(found.tenant).toBeUndefined()
    expect(found.store.startsWith('/')).toBe(true)
    expect(found.store.startsWith(folder)).toBe(false)
  })

  it.each(['CONNECT_OKTA_CONFIG_DIR', 'CONNECT_OKTA_STATE_DIR'])('refuses a relative %s', async variable => {
    const outcome = await settingsWith({ HOME: tmpdir(), [variable]: 'config' }).then(JSON.stringify, String)
    expect(outcome).toContain(`${variable} is not an absolute path`)
  })
})
