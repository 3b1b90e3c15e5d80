import { beforeAll, describe, expect, it } from 'vitest'
import { emptyHome, run as runCommand } from '../support/run.test.support.js'

let home: string
beforeAll(async () => {
  home = await emptyHome()
})

const run = (...args: readonly string[]) => runCommand(args, { HOME: home }, { cwd: home })

describe('a dash that is not a hyphen', () => {
  it.each<[string, string[], string]>([
    ['an em dash', ['token', '—tenant', 'example.okta.com'], 'Option —tenant begins with a dash that is not a hyphen.'],
    ['an en dash', ['token', '–tenant=x', '--json=false'], 'Write --tenant.'],
    ['a hyphen and an en dash', ['token', '-–tenant', 'x'], 'Option -–tenant begins with a dash'],
    ['two minus signs', ['token', '−−json'], 'Write --json.'],
    ['two en dashes before the command', ['––verbose', 'token'], 'Write --verbose.'],
    ['a dash and a letter', ['api', '/x', '–F', 'a=1'], 'Write -F.'],
    ['a dash where the method of api belongs', ['api', '—paginate', '/x'], 'Write --paginate.'],
    ['a dash and no command', ['—help'], 'Write --help.'],
    ['a dash and a misspelt name', ['token', '—tenat', 'x'], 'Did you mean --tenant?'],
    ['a dash and no name', ['token', '—S3cr3t0123'], 'An argument begins with a dash that is not a hyphen'],
  ])('is named, with the flag to write, when it is %s', async (_what, args, message) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('S3cr3t')
  })

  it('is accepted when it is the value of a flag', async () => {
    const { code, stderr } = await run('api', '/api/v1/groups', '-f', 'name=–', '--raw-field', '—=x')
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('login_required') })
  })
})

describe('a flag in a form of other programs', () => {
  it.each<[string, string[], string]>([
    ['one hyphen', ['token', '-profile', 'ci'], 'Option -profile begins with one hyphen. Write --profile.'],
    ['one hyphen and =', ['api', '/x', '-field=a=S3'], 'Option -field begins with one hyphen. Write --field.'],
    ['one hyphen and a letter of another flag', ['api', '/x', '-input', 'S3'], 'Write --input.'],
    ['a colon', ['token', '--profile:S3'], 'Option --profile is followed by a colon. Write a space or = before'],
    ['one hyphen and a colon', ['token', '-json:S3'], 'Option -json begins with one hyphen. Write --json.'],
    ['capitals', ['token', '--Profile', 'S3'], 'Did you mean --profile?'],
    ['capitals and no hyphen', ['token', '--ClientID', 'S3'], 'Did you mean --client-id?'],
    ['an underscore', ['token', '--jwk_file=S3'], 'Did you mean --jwk-file?'],
  ])('is named, with the form to write, when it has %s', async (_what, args, message) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(message)
    expect(stderr).not.toContain('S3')
  })

  it('is accepted when it is a value, or several letters', async () => {
    for (const args of [
      ['status', '-qv', '--json'],
      ['api', '/x', '-ffield=1', '-qv'],
    ]) {
      expect([0, 3]).toContain((await run(...args)).code)
    }
  })
})

describe('an unknown command', () => {
  it.each([
    ['TOKEN', 'token'],
    ['Logn', 'login'],
    ['stauts', 'status'],
    ['profile', 'profiles'],
  ])('%s suggests %s', async (word, name) => {
    expect((await run(word)).stderr).toContain(`. Did you mean ${name}?`)
  })

  it.each(['/?', 'S3cr3t0123', 'xyz'])('%s suggests nothing when it is similar to none', async word => {
    expect((await run('--json', word)).stderr).not.toContain('Did you mean')
  })
})

describe('a parameter of the cmdlet Connect-Okta', () => {
  it.each([
    [['-Tenant', 's3.okta.com', '-ClientId', 's3']],
    [['s3.okta.com', '-Scopes', 's3']],
    [['-Profile', 'login']],
    [['-Profile', 's3', '-Force:True']],
    [['-Verbose']],
  ])('names the module to import when the command line is %j', async args => {
    expect(await run(...args)).toEqual({
      code: 2,
      stdout: '',
      stderr:
        'error: These are parameters of the cmdlet Connect-Okta. This is the CLI of the same name.\n' +
        '  To use the cmdlet, run: Import-Module ConnectOkta\n  (options_invalid)\n',
    })
  })

  it.each([[['token', '-Tenant', 's3']], [['-XPOST', 'api', '/x']], [['-F', 'a=1']], [['-qv']]])(
    'is not reported when the command line is %j',
    async args => {
      expect((await run(...args)).stderr).not.toContain('cmdlet')
    },
  )
})

describe('help', () => {
  it.each<[string, string[], string[]]>([
    ['-h', ['-h'], ['--help']],
    ['-?', ['-?'], ['--help']],
    ['/?', ['/?'], ['--help']],
    ['help', ['help'], ['--help']],
    ['help COMMAND', ['help', 'token'], ['token', '--help']],
    ['COMMAND -h', ['token', '-h'], ['token', '--help']],
    ['COMMAND ARGUMENT -h', ['api', '/x', '-h'], ['api', '/x', '--help']],
  ])('is printed when the command line is %s', async (_form, args, same) => {
    const { code, stdout, stderr } = await run(...args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toBe((await run(...same)).stdout)
    expect(stdout).toContain('connect-okta')
  })

  it('rejects an unknown command with the near one', async () => {
    for (const args of [
      ['help', 'tokne'],
      ['tokne', '--help'],
    ]) {
      expect(await run(...args)).toMatchObject({
        code: 2,
        stdout: '',
        stderr: expect.stringContaining('Unknown command: tokne. Did you mean token?'),
      })
    }
  })
})

describe('version', () => {
  it('prints the version, as --version does', async () => {
    expect(await run('version', '--json')).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' })
    expect(await run('version')).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' })
    expect(await run('--version')).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' })
    expect(await run('-V')).toEqual({ code: 0, stdout: '1.2.3\n', stderr: '' })
    expect((await run('--help')).stdout).toContain('-V, --version ')
  })
})

describe('login --timeout', () => {
  it.each(['0', '0s', '2h', '30d', '61m'])('is rejected by its name when it is %s', async text => {
    const org = ['--tenant', 'example.okta.com', '--client-id', '0oa1']
    const { code, stderr } = await run('login', ...org, '--timeout', text)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('Option --timeout: Use 1s to 1h.') })
  })
})

describe('a duration', () => {
  const validity = (text: string) =>
    run('token', '--tenant', 'example.okta.com', '--client-id', '0oa1', '--min-validity', text)

  it.each(['1h30m', '5m0s', '1.5h', '1d', '5min', '5 m', '2 hours', '90 sec', '1h 5m', '10M', '250ms', '90', '0s'])(
    'is accepted when it is %s',
    async text => {
      expect(await validity(text)).toMatchObject({ code: 3, stderr: expect.stringContaining('login_required') })
    },
  )

  it.each(['soon', '5m30', '1h-5m', 'm', '5 5m', '1w', '5m5m', '30s1h'])(
    'is rejected with its flag and the forms when it is %s',
    async text => {
      const { code, stderr } = await validity(text)
      expect(code).toBe(2)
      expect(stderr).toContain(
        'Option --min-validity: Invalid duration. Use a format such as 90s, 5m, 1h30m or 1d. A number without a unit is in seconds.',
      )
    },
  )
})
