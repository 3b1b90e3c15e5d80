import { execFile } from 'node:child_process'
import { chmod, mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { validate } from 'dockerfile-utils'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { basic, connectionOf, digestFor, filesOf } from '../../support/broker.test.support.js'
import { readExample } from '../support/manifests.test.support.js'
import { type Mounts, type Pod, startPod } from '../support/pod.test.support.js'

const run = promisify(execFile)
const text = await readExample('Containerfile')
const instructions = text.split('\n').filter(line => /^[A-Z]+ /.test(line))
const argumentsOf = (name: string) =>
  instructions.flatMap(line => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []))
const listOf = (name: string) => JSON.parse(argumentsOf(name)[0] ?? '[]') as string[]
const canMount = process.platform === 'linux' && process.getuid?.() === 0

describe('the Containerfile', () => {
  it('is valid', () => {
    expect(validate(text)).toEqual([])
  })

  it('pins the version and the digest of each base image', () => {
    const images = argumentsOf('FROM')
    expect(images).toHaveLength(2)
    for (const image of images)
      expect(image).toMatch(/^(--platform=\$BUILDPLATFORM )?\S+:\S*[a-z0-9]@sha256:[0-9a-f]{64}( AS \w+)?$/)
  })

  it('has a numeric user other than root, and starts without a shell', () => {
    expect(argumentsOf('USER')).toEqual(['65532:65532'])
    const check = argumentsOf('HEALTHCHECK')[0]?.replace(/^.* CMD /, '') ?? ''
    for (const command of [JSON.parse(check), listOf('ENTRYPOINT')]) expect(command[0]).toBe('/nodejs/bin/node')
    expect(listOf('CMD').length).toBeGreaterThan(0)
  })
})

// Executes the instructions of the file here, because the base images cannot be downloaded in a test.
describe.runIf(canMount)('a container of the Containerfile', () => {
  let okta: OktaEmulator
  let port: number
  let pod: Pod
  let mounts: Mounts
  const user = { uid: 65532, gid: 65532 }
  const onThisMachine = (command: readonly string[]) =>
    command.map(word => word.replace('/nodejs/bin/node', process.execPath).replaceAll('8090', String(port)))

  beforeAll(async () => {
    okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
    port = await freePort()
    const config = {
      listen: `0.0.0.0:${port}`,
      issuer: 'https://broker.example.com',
      behindProxy: ['127.0.0.1'],
      store: 'memory',
      connections: { users: connectionOf(okta, okta.client('service')) },
      clients: { payroll: { secretSha256: digestFor('payroll'), connections: ['users'] } },
    }
    const packages = await mkdtemp(join(tmpdir(), 'image-'))
    await install(packages)
    mounts = {
      '/opt/connect-okta': packages,
      '/etc/okta-broker': { 'broker.yaml': stringify(config), ...filesOf(okta) },
    }
    pod = await startPod(user, mounts, onThisMachine([...listOf('ENTRYPOINT'), ...listOf('CMD')]), {})
  }, 120_000)
  afterAll(async () => {
    pod.child.kill('SIGKILL')
    await pod.ended
    await okta.close()
  })

  /** Runs the RUN instruction with the packages of this repository instead of the published ones. */
  async function install(folder: string): Promise<void> {
    const root = fileURLToPath(new URL('../../../../..', import.meta.url))
    const tarballs = await mkdtemp(join(tmpdir(), 'tarballs-'))
    const { packageManager } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    const only = ['core', 'server'].flatMap(name => ['--filter', `@connect-okta/${name}`])
    const pack = ['--dir', root, '--recursive', ...only, 'pack', '--pack-destination', tarballs]
    await run('npx', ['--yes', '--prefer-offline', packageManager, ...pack])
    const files = (await readdir(tarballs)).map(name => join(tarballs, name))
    const [command = ''] = argumentsOf('RUN')
    expect(command).toContain('"@connect-okta/server@$VERSION"')
    const env = { ...process.env, npm_config_prefer_offline: 'true' }
    await run('sh', ['-c', command.replace('"@connect-okta/server@$VERSION"', files.join(' '))], { cwd: folder, env })
    // An image has no private folders.
    await chmod(folder, 0o755)
  }

  it('issues tokens when its root file system is read-only', async () => {
    await expect.poll(async () => (await send('/healthz')).status, { timeout: 20_000 }).toBe(200)
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    expect((await send('/oauth2/token', { method: 'POST', body })).status).toBe(200)
  })

  it('is healthy according to its health check, and unhealthy when the broker has ended', async () => {
    const check = JSON.parse(argumentsOf('HEALTHCHECK')[0]?.replace(/^.* CMD /, '') ?? '') as string[]
    const exitCode = async () => await (await startPod(user, mounts, onThisMachine(check), {})).ended
    expect(await exitCode()).toBe(0)
    pod.child.kill('SIGINT')
    expect(await pod.ended).toBe(0)
    expect(await exitCode()).toBe(1)
  })

  async function send(path: string, init: RequestInit = {}): Promise<Response | { status: number }> {
    const headers = { authorization: basic('payroll') }
    return await fetch(`http://127.0.0.1:${port}${path}`, { headers, ...init }).catch(() => ({ status: 0 }))
  }
})
