import { lstat, readFile, rename, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useTestHome } from '../../../test/support/test-home.test.support.js'
import { profilesSchema } from './profile-format.js'
import { listProfiles, removeProfile, saveProfile, setDefaultProfile } from './profiles.js'
import { readSettings } from './read-settings.js'

const home = useTestHome()

const writeProfiles = (text: string) => home.write('config/profiles.yaml', text)

const isPosix = process.platform !== 'win32'

describe('the profiles file', () => {
  it('keeps its comments and order when a profile is saved', async () => {
    const path = await writeProfiles('# My profiles.\nprofiles:\n  zeta: { tenant: z.okta.com } # last\n')
    await saveProfile('alpha', { tenant: 'a.okta.com', scopes: ['okta.users.read'] }, {}, home.environment())
    const text = await readFile(path, 'utf8')
    expect(text).toMatch(/# My profiles\..*zeta:.*# last.*alpha:/s)
    expect((await listProfiles(home.environment())).map(({ name, isDefault }) => [name, isDefault])).toEqual([
      ['zeta', false],
      ['alpha', true],
    ])
    // On Windows, the permissions of the folder apply.
    if (isPosix) expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  // Only administrators create links on Windows.
  it.runIf(isPosix)('remains a symbolic link when a profile is saved', async () => {
    const path = await writeProfiles('')
    const linkTarget = join(home.path, 'dotfiles.yaml')
    await rename(path, linkTarget)
    await symlink(linkTarget, path)
    await saveProfile('linked', { tenant: 'a.okta.com' }, {}, home.environment())
    expect(await readFile(linkTarget, 'utf8')).toContain('linked')
    expect((await lstat(path)).isSymbolicLink()).toBe(true)
  })

  it('contains every profile after concurrent saves', async () => {
    const names = Array.from({ length: 8 }, (_, index) => `p${index}`)
    await Promise.all(names.map(name => saveProfile(name, { tenant: `${name}.okta.com` }, {}, home.environment())))
    expect((await listProfiles(home.environment())).map(({ name }) => name).sort()).toEqual(names)
  })

  it('loses its default when that profile is removed', async () => {
    await saveProfile('p', { tenant: 'a.okta.com' }, {}, home.environment())
    expect(await removeProfile('p', home.environment())).toBe(true)
    expect(await removeProfile('p', home.environment())).toBe(false)
    expect((await readSettings({}, {}, home.environment())).profile).toBeUndefined()
  })

  it('keeps its other content when the default profile is set', async () => {
    const path = await writeProfiles('profiles:\n  a: {} # a comment\n  b: {}\n')
    await setDefaultProfile('b', home.environment())
    expect((await readSettings({}, {}, home.environment())).profile).toBe('b')
    expect(await readFile(path, 'utf8')).toContain('# a comment')
    await expect(setDefaultProfile('c', home.environment())).rejects.toMatchObject({ hint: 'The profiles are: a, b.' })
  })

  it('is read from a cached JSON copy until it changes', async () => {
    const path = await writeProfiles('profiles:\n  p: { tenant: a.okta.com }\n')
    await listProfiles(home.environment())
    const copyPath = join(home.path, 'state', 'profiles.json')
    const copy = JSON.parse(await readFile(copyPath, 'utf8'))
    copy.content.profiles.p.tenant = 'from-the-copy.okta.com'
    await writeFile(copyPath, JSON.stringify(copy))
    expect((await listProfiles(home.environment()))[0]?.profile.tenant).toBe('from-the-copy.okta.com')
    await writeFile(path, 'profiles:\n  p: { tenant: b.okta.com }\n')
    // The modification time can be older than the copy.
    await utimes(path, 0, 0)
    expect((await listProfiles(home.environment()))[0]?.profile.tenant).toBe('b.okta.com')
  })

  it.each([
    ['profiles: [a]', 'profiles: it is not a map'],
    ['profiles:\n  p: { tenantt: a }', 'unknown setting "tenantt"; the settings are tenant, clientId'],
    ['profiles:\n  p: { dpop: maybe }', 'p.dpop: it is not one of auto, always, never'],
    ['profiles:\n  p: { scopes: [1] }', 'p.scopes: it is not a list of strings'],
    ['profiles:\n  "a/b": {}', '"a/b" is not a valid profile name'],
    ['default: 7\nprofiles:\n  p: {}', 'default is not the name of a profile'],
    ['profiles:\n  __proto__: { tenant: a.okta.com }', '"__proto__" is not a valid profile name'],
    ['profiles: {\n', 'it is not YAML'],
    ['a: &a [x]\nb: [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]', 'YAML'],
  ])('is rejected with its path when it contains %j', async (text, reason) => {
    const path = await writeProfiles(text)
    await expect(listProfiles(home.environment())).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining(reason),
    })
    await expect(listProfiles(home.environment())).rejects.toMatchObject({ message: expect.stringContaining(path) })
    // It is not overwritten either.
    await expect(saveProfile('new', {}, {}, home.environment())).rejects.toMatchObject({ code: 'options_invalid' })
    expect(await readFile(path, 'utf8')).toBe(text)
  })

  it('has the published JSON schema', async () => {
    const published = new URL('../../../profiles.schema.json', import.meta.url)
    await expect(`${JSON.stringify(profilesSchema(), undefined, 2)}\n`).toMatchFileSnapshot(published.pathname)
  })
})
