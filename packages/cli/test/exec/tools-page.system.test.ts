import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { emptyHome, jsonFile } from '../support/run.test.support.js'
import { runIn } from '../support/run-script.test.support.js'
import { program, runProgram } from '../support/spawn.test.support.js'

const page = await readFile(new URL('../../../../docs/tools.md', import.meta.url), 'utf8')
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const sdk = here('../../../emulator/node_modules/@okta/okta-sdk-nodejs')

/** The commands of the blocks in a language. */
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code = '']) => code.trim())
const commands = blocks('sh').flatMap(code => (code.includes("'") ? [code] : code.split('\n')))

// What a tool does with its variables: programs that cannot be installed here.
const standIns = { terraform: 'terraform', go: 'go', python3: 'go', dotnet: 'dotnet', 'okta-cli-client': 'go' }

describe.each([false, true])('a command of the page about other tools, when DPoP is required: %s', dpop => {
  let okta: OktaEmulator
  let folder: string
  let env: Record<string, string>

  beforeAll(async () => {
    okta = await startOktaEmulator({ clients: [{ kind: 'service', dpop }] })
    folder = await emptyHome()
    const bin = join(folder, 'bin')
    await mkdir(bin)
    await mkdir(join(folder, 'node_modules', '@okta'), { recursive: true })
    await symlink(sdk, join(folder, 'node_modules', '@okta', 'okta-sdk-nodejs'))
    for (const [name, as] of Object.entries(standIns)) {
      const call = `${process.execPath} ${here('../support/call-okta.test.support.mjs')} ${as}`
      await writeFile(join(bin, name), `#!/bin/sh\nexec ${call}\n`)
    }
    await writeFile(join(bin, 'connect-okta'), `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`)
    for (const name of [...Object.keys(standIns), 'connect-okta']) await chmod(join(bin, name), 0o755)
    for (const code of blocks('js')) await writeFile(join(folder, code.split('\n')[0]?.slice(3) ?? ''), code)
    env = { HOME: folder, PATH: `${bin}:${process.env.PATH}` }
    const { clientId, jwk } = okta.client('service')
    const connection = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
    const login = ['login', '--profile', 'ci', ...connection, '--jwk-file', await jsonFile(folder, 'key.json', jwk)]
    expect(await runProgram(login, env)).toMatchObject({ code: 0 })
  })
  afterAll(() => okta.close())

  const calls = commands.filter(command => command.startsWith('connect-okta exec') && !command.includes('curl'))
  it.each(calls)('calls the API: %s', async command => {
    const before = okta.requests.length
    const { code, stdout, stderr } = await runIn(folder, command, env)
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('error') })
    expect(stdout).toMatch(command.includes('node ') ? /@/ : /"status":200/)
    expect(okta.requests.slice(before)).toContainEqual(expect.objectContaining({ path: '/api/v1/users', status: 200 }))
  })

  const hasCurl = inject('systemNeeds').curl !== undefined
  it.skipIf(!hasCurl).each(commands.filter(command => command.includes('curl')))('calls the API: %s', async command => {
    const { code, stdout } = await runIn(folder, command, env)
    expect({ code, users: JSON.parse(stdout).length }).toEqual({ code: 0, users: 2 })
  })

  // A token that is bound to a key is of no use to another program.
  const settings = dpop ? [] : commands.filter(command => command.startsWith('eval'))
  it.each(settings)('sets the token: %s', async command => {
    const { stdout: token } = await runProgram(['token', '--profile', 'ci'], env)
    expect(await runIn(folder, `${command}\nprintf %s "$OKTA_ACCESS_TOKEN"`, env)).toMatchObject({
      stdout: token.trim(),
    })
  })

  it.each(commands.filter(command => command.startsWith('connect-okta proxy')))(
    'starts the proxy: %s',
    async command => {
      const started = command.replace('localhost:8081', 'localhost:0')
      const { code, stdout } = await runIn(folder, started, env, 'curl -H @-')
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/Authorization: Bearer [\w-]{43}/) })
    },
  )

  it('is tested, whatever it is', () => {
    expect(commands.filter(command => !/^(connect-okta (exec|proxy) |eval )/.test(command))).toEqual([])
  })
})
