import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { connectOptionsOf, listProfiles, readSettings, saveProfile } from '../../src/config/profiles/profiles.js'
import type { Environment } from '../../src/environment.js'

let world: Environment & { readonly home: string }
let profilesPath: string

beforeEach(async () => {
  const home = await mkdtemp(join(tmpdir(), 'attack-'))
  const configDirectory = join(home, 'config')
  await mkdir(configDirectory)
  await mkdir(join(home, '.okta'))
  profilesPath = join(configDirectory, 'profiles.yaml')
  world = { home, configDirectory, stateDirectory: join(home, 'state'), variables: {} }
})

// Nine aliases of nine aliases of …: a few hundred bytes that would be a billion names.
function billionNames(): string {
  const levels = Array.from({ length: 9 }, (_level, index) => {
    const item = index === 0 ? '"lol"' : `*a${index - 1}`
    return `a${index}: &a${index} [${Array(9).fill(item).join(', ')}]`
  })
  return `${levels.join('\n')}\nprofiles: *a8\n`
}

describe('a hostile file of profiles', () => {
  it('that would be a billion names in memory is refused', async () => {
    await writeFile(profilesPath, billionNames())
    await expect(listProfiles(world)).rejects.toMatchObject({ code: 'options_invalid' })
    await expect(saveProfile('p', { tenant: 'a.okta.com' }, {}, world)).rejects.toMatchObject({
      code: 'options_invalid',
    })
  })

  it.each(['__proto__', 'constructor', 'prototype', 'toString'])(
    'that names a profile %s changes no object',
    async name => {
      await writeFile(profilesPath, `profiles:\n  ${name}:\n    tenant: evil.okta.com\n`)
      await listProfiles(world).catch(error => expect(error).toMatchObject({ code: 'options_invalid' }))
      expect(({} as Record<string, unknown>).tenant).toBeUndefined()
      await expect(readSettings({}, { profile: 'hasOwnProperty' }, world)).rejects.toMatchObject({
        code: 'options_invalid',
      })
    },
  )

  it('that wants a type of its own made gets none, and no word of it on stderr', async () => {
    await writeFile(profilesPath, 'profiles:\n  p:\n    tenant: !!js/function "function () { throw 1 }"\n')
    const warnings: Error[] = []
    const hear = (warning: Error) => warnings.push(warning)
    process.on('warning', hear)
    const [made] = await listProfiles(world)
    await new Promise(setImmediate)
    process.off('warning', hear)
    expect(made?.profile.tenant).toBe('function () { throw 1 }')
    expect(warnings).toEqual([])
  })

  it.each([
    'a.okta.com@evil.example',
    'a.okta.com/../evil',
    'http://evil.example',
    'javascript:alert(1)',
    'file:///etc',
  ])('that names the tenant %s leads nobody there', async tenant => {
    await writeFile(
      profilesPath,
      `default: p\nprofiles:\n  p:\n    tenant: ${JSON.stringify(tenant)}\n    clientId: 0oa1\n`,
    )
    const { connect } = await import('../../src/index.js')
    const { createMemoryStore } = await import('../../src/exports/stores.js')
    const fetch = () => expect.unreachable('something was sent')
    const openBrowser = () => expect.unreachable('a browser was opened')
    const attempt = async () => {
      const options = await connectOptionsOf(await readSettings({}, {}, world))
      return await connect(options as Parameters<typeof connect>[0], { store: createMemoryStore(), fetch, openBrowser })
    }
    await expect(attempt()).rejects.toMatchObject({ code: 'options_invalid' })
  })
})

describe('a hostile ~/.okta/okta.yaml', () => {
  it('that would be a billion names in memory is refused', async () => {
    await writeFile(join(world.home, '.okta', 'okta.yaml'), billionNames().replace('profiles', 'okta'))
    await expect(readSettings({}, {}, world)).rejects.toMatchObject({ code: 'options_invalid' })
  })

  it('that names an org of its own gets no key that was meant for another', async () => {
    await writeFile(
      profilesPath,
      'default: p\nprofiles:\n  p: { tenant: a.okta.com, clientId: 0oa1, key: { file: /key } }\n',
    )
    await writeFile(
      join(world.home, '.okta', 'okta.yaml'),
      'okta: { client: { orgUrl: "https://evil.okta.com", clientId: 0oa1, privateKey: planted } }\n',
    )
    const { values } = await readSettings({}, {}, world)
    expect(values).toMatchObject({ tenant: 'a.okta.com', key: { file: '/key' } })
    const { values: theirs } = await readSettings({ tenant: 'evil.okta.com' }, {}, world)
    expect(theirs.key).not.toEqual({ file: '/key' })
  })
})
