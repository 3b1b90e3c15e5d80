import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { startOktaEmulator } from '../packages/emulator/dist/index.js'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const run = promisify(execFile)

it('the packed command line works by npx, in a folder where nothing else is installed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'packed-cli-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await run('npm', ['pack', '--pack-destination', folder], { cwd: join(root, 'packages/cli') })
  const [tarball = ''] = (await readdir(folder)).filter(name => name.endsWith('.tgz'))
  const project = join(folder, 'project')
  await mkdir(project)
  await writeFile(join(project, 'package.json'), '{}')
  // What is optional has to be missed by nobody.
  const quiet = ['--offline', '--omit=optional', '--no-audit', '--no-fund', '--loglevel=error']
  await run('npm', ['install', ...quiet, join(folder, tarball)], { cwd: project })

  await using okta = await startOktaEmulator()
  const { clientId, jwk } = okta.client('service')
  await writeFile(join(project, 'key.json'), JSON.stringify(jwk), { mode: 0o600 })
  const env = { PATH: process.env.PATH, HOME: folder }
  const npx = async (...args: string[]) =>
    (await run('npx', ['--no-install', 'connect-okta', ...args], { cwd: project, env })).stdout
  const app = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
  await npx('login', '--profile', 'ci', ...app, '--jwk-file', 'key.json')
  expect(JSON.parse(await npx('api', 'GET', '/api/v1/users', '-F', 'limit=3'))).toHaveLength(3)
  expect(await npx('token', '--profile', 'ci')).toMatch(/^\S+\n$/)
  const findings = JSON.parse(await npx('doctor', '--json', '--profile', 'ci')) as { check: string; outcome: string }[]
  expect(findings).toContainEqual(expect.objectContaining({ check: 'app', outcome: 'ok' }))
})
