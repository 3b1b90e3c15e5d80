import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readRecipePage } from './recipe-page.test.support.js'
import { type RecipeUser, startRecipeUser } from './recipe-user.test.support.js'

describe('docs/recipes/cron.md', async () => {
  const page = await readRecipePage('cron')
  const [login = '', check = ''] = page.commands
  const lines = page
    .file('crontab')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
  let user: RecipeUser

  beforeAll(async () => {
    user = await startRecipeUser()
    await writeFile(join(user.home, 'keys/okta-users.json'), user.key)
    expect(await user.run(login)).toMatchObject({ code: 0 })
  })
  afterAll(() => user[Symbol.asyncDispose]())

  const withPrograms = (text: string) => text.replaceAll('/usr/local/bin', user.programs)
  /** The variables of the crontab, and the ones that cron sets: crontab(5). */
  const variables = () => ({
    LOGNAME: 'user',
    SHELL: '/bin/sh',
    ...Object.fromEntries(lines.filter(line => /^\w+=/.test(line)).map(line => withPrograms(line).split('='))),
  })

  /** The command of the job, as cron passes it to the shell: a `%` without a backslash would end it. */
  function job(): string {
    const [line = ''] = lines.filter(one => !/^\w+=/.test(one))
    const [, command = ''] = /^(?:[\d*,/-]+ +){5}(.*)$/.exec(line) ?? []
    const [first = '', ...input] = command.split(/(?<!\\)%/)
    expect(input).toEqual([])
    return first.replaceAll('\\%', '%')
  }

  it('saves a profile that refers to the key, and lets only its owner read the key', async () => {
    const profiles = await readFile(join(user.home, '.config/connect-okta/profiles.yaml'), 'utf8')
    expect(profiles).toContain('keys/okta-users.json')
    expect(profiles).not.toContain(JSON.parse(user.key).d)
    expect(((await stat(join(user.home, 'keys/okta-users.json'))).mode & 0o777).toString(8)).toBe('600')
  })

  it('writes the users to a file of the day, without a message', async () => {
    expect(await user.run(job(), variables())).toEqual({ code: 0, stdout: '', stderr: '' })
    const { stdout } = await user.run('cat "users-$(date +%F).ndjson"')
    expect(
      stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line).profile.login),
    ).toContain('ada.lovelace@example.com')
  })

  it('shares one token among runs', async () => {
    const before = user.okta.requests.length
    expect(await user.run(job(), variables())).toMatchObject({ code: 0 })
    expect(user.okta.requests.slice(before).map(({ path }) => path)).not.toContain('/oauth2/v1/token')
  })

  it('has a check that succeeds', async () => {
    const { code, stdout } = await user.run(withPrograms(check))
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('"login"') })
  })

  it('keeps the file of the day when a run fails', async () => {
    const failing = job().replace('--profile users', '--profile other')
    const { code, stderr } = await user.run(failing, variables())
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('options_invalid') })
    expect(await user.run('wc -l < "users-$(date +%F).ndjson"')).toMatchObject({
      stdout: expect.not.stringMatching(/^0/),
    })
  })

  it('fails as described when the PATH lacks the program', async () => {
    const env = { ...variables(), PATH: '/usr/bin:/bin' }
    expect(await user.run(job(), env)).toMatchObject({
      code: 127,
      stderr: expect.stringContaining('connect-okta: not found'),
    })
  })
})
