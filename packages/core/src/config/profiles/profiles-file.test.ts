import { lstat, readFile, rename, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Environment } from '../../environment.js'
import { type Home, newHome } from './home.test.support.js'
import { profilesSchema } from './profile-format.js'
import { listProfiles, readSettings, removeProfile, saveProfile, setDefaultProfile } from './profiles.js'

let home: Home
let world: Environment

beforeEach(async () => {
  home = await newHome()
  world = home.at({})
})

const profiles = (text: string) => home.write('config/profiles.yaml', text)

describe("the profiles' file", () => {
  it('keeps its comments and order when a profile is saved', async () => {
    const path = await profiles('# Mine.\nprofiles:\n  zeta: { tenant: z.okta.com } # last\n')
    await saveProfile('alpha', { tenant: 'a.okta.com', scopes: ['okta.users.read'] }, {}, world)
    const text = await readFile(path, 'utf8')
    expect(text).toMatch(/# Mine\..*zeta:.*# last.*alpha:/s)
    expect((await listProfiles(world)).map(({ name, isDefault }) => [name, isDefault])).toEqual([
      ['zeta', false],
      ['alpha', true],
    ])
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('stays the link that it is when a profile is saved', async () => {
    const path = await profiles('')
    const elsewhere = join(home.path, 'dotfiles.yaml')
    await rename(path, elsewhere)
    await symlink(elsewhere, path)
    await saveProfile('linked', { tenant: 'a.okta.com' }, {}, world)
    expect(await readFile(elsewhere, 'utf8')).toContain('linked')
    expect((await lstat(path)).isSymbolicLink()).toBe(true)
  })

  it('loses none of many profiles that are saved at once', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `p${index}`)
    await Promise.all(names.map(name => saveProfile(name, { tenant: `${name}.okta.com` }, {}, world)))
    expect((await listProfiles(world)).map(({ name }) => name).sort()).toEqual(names)
  })

  it('forgets a profile, and that it was the default', async () => {
    await saveProfile('p', { tenant: 'a.okta.com' }, {}, world)
    expect(await removeProfile('p', world)).toBe(true)
    expect(await removeProfile('p', world)).toBe(false)
    expect((await readSettings({}, {}, world)).profile).toBeUndefined()
  })

  it('says which profile is meant when nobody says which, and keeps the rest as it is', async () => {
    const path = await profiles('profiles:\n  a: {} # mine\n  b: {}\n')
    await setDefaultProfile('b', world)
    expect((await readSettings({}, {}, world)).profile).toBe('b')
    expect(await readFile(path, 'utf8')).toContain('# mine')
    await expect(setDefaultProfile('c', world)).rejects.toMatchObject({ hint: 'There are a, b.' })
  })

  it('is read from a copy without YAML while it has not changed, and anew when it has', async () => {
    const path = await profiles('profiles:\n  p: { tenant: a.okta.com }\n')
    await listProfiles(world)
    const copyPath = join(home.path, 'state', 'profiles.json')
    const copy = JSON.parse(await readFile(copyPath, 'utf8'))
    copy.content.profiles.p.tenant = 'from-the-copy.okta.com'
    await writeFile(copyPath, JSON.stringify(copy))
    expect((await listProfiles(world))[0]?.profile.tenant).toBe('from-the-copy.okta.com')
    await writeFile(path, 'profiles:\n  p: { tenant: b.okta.com }\n')
    // Even where the time is set back.
    await utimes(path, 0, 0)
    expect((await listProfiles(world))[0]?.profile.tenant).toBe('b.okta.com')
  })

  it.each([
    ['profiles: [a]', 'profiles: it is not a map'],
    ['profiles:\n  p: { tenantt: a }', 'unknown setting "tenantt"; the settings are tenant, clientId'],
    ['profiles:\n  p: { dpop: maybe }', 'p.dpop: it is not one of auto, always, never'],
    ['profiles:\n  p: { scopes: [1] }', 'p.scopes: it is not a list of texts'],
    ['profiles:\n  "a/b": {}', '"a/b" is not a valid profile name'],
    ['default: q\nprofiles:\n  p: {}', 'default is not the name of a profile'],
    ['profiles:\n  __proto__: { tenant: a.okta.com }', '"__proto__" is not a valid profile name'],
    ['profiles: {\n', 'it is not YAML'],
    ['a: &a [x]\nb: [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]', 'YAML'],
  ])('that breaks a rule is refused, with the place: %j', async (text, reason) => {
    const path = await profiles(text)
    await expect(listProfiles(world)).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining(reason),
    })
    await expect(listProfiles(world)).rejects.toMatchObject({ message: expect.stringContaining(path) })
    // Nor is it overwritten.
    await expect(saveProfile('new', {}, {}, world)).rejects.toMatchObject({ code: 'options_invalid' })
    expect(await readFile(path, 'utf8')).toBe(text)
  })

  it('has a schema, published beside the code', async () => {
    const published = new URL('../../../profiles.schema.json', import.meta.url)
    await expect(`${JSON.stringify(profilesSchema(), undefined, 2)}\n`).toMatchFileSnapshot(published.pathname)
  })
})
