import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startOktaEmulator } from '@connect-okta/emulator'
import { describe, expect, it } from 'vitest'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const run = promisify(execFile)

// A program of ten lines that somebody writes who has the tarball alone.
const program = `
import { readFile } from 'node:fs/promises'
import { connect } from '@connect-okta/core'

const { tenant, clientId, jwk } = JSON.parse(await readFile('app.json', 'utf8'))
const session = await connect({ tenant, clientId, jsonWebKey: jwk, scopes: ['okta.users.read'] })
const response = await session.fetch('/api/v1/users')
const users = await response.json()
console.log(response.status, users.length)
await session.disconnect()
`

describe('the packed core', () => {
  it('works from its tarball, in a folder of its own', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'packed-'))
    await run('npm', ['pack', '--pack-destination', folder], { cwd: join(root, 'packages/core') })
    const [tarball] = (await readdir(folder)).filter(name => name.endsWith('.tgz'))
    const installed = join(folder, 'node_modules/@connect-okta/core')
    await mkdir(installed, { recursive: true })
    await run('tar', ['-xzf', join(folder, tarball ?? ''), '-C', installed, '--strip-components=1'])
    // Its dependencies, as an installer would put them beside it.
    const { dependencies } = JSON.parse(await readFile(join(root, 'packages/core/package.json'), 'utf8'))
    for (const name of Object.keys(dependencies)) {
      await symlink(join(root, 'packages/core/node_modules', name), join(folder, 'node_modules', name))
    }
    expect(await readdir(join(installed, 'dist'))).not.toContain('connect.test.js')

    await using okta = await startOktaEmulator()
    const { clientId, jwk } = okta.client('service')
    await writeFile(join(folder, 'app.json'), JSON.stringify({ tenant: okta.orgUrl.origin, clientId, jwk }))
    await writeFile(join(folder, 'program.mjs'), program)
    const { stdout } = await run(process.execPath, ['program.mjs'], { cwd: folder })
    expect(stdout).toMatch(/^200 \d+\n$/)
  })
})
