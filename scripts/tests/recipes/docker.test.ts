import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { freePort } from '../../../packages/emulator/dist/index.js'
import { type Pod, startPod } from '../../../packages/server/test/operations/support/pod.test.support.js'
import { root } from '../../pnpm.mjs'
import { readRecipePage } from './recipe-page.test.support.js'
import { type RecipeUser, startRecipeUser } from './recipe-user.test.support.js'

const { validate } = createRequire(join(root, 'packages/server/package.json'))('dockerfile-utils')
const { version } = JSON.parse(await readFile(join(root, 'packages/cli/package.json'), 'utf8'))
const canMount = process.platform === 'linux' && process.getuid?.() === 0
const { curl } = inject('systemNeeds')

const page = await readRecipePage('docker')
const commandWith = (text: string) => page.commands.find(command => command.includes(text)) ?? ''
const dockerfile = page.file('Dockerfile')
/** The arguments of the instructions, with their continuation lines. */
const argumentsOf = (name: string) =>
  [...dockerfile.matchAll(new RegExp(`^${name} ((?:.*\\\\\n)*.*)$`, 'gm'))].map(([, value = '']) => value)

let user: RecipeUser
beforeAll(async () => {
  user = await startRecipeUser()
})
afterAll(() => user[Symbol.asyncDispose]())

describe('the broker of docs/recipes/docker.md', () => {
  interface Compose {
    readonly services: {
      readonly broker: { readonly image: string; readonly ports: string[]; readonly volumes: string[] }
    }
  }
  const { broker } = (page.yaml('compose.yaml') as unknown as Compose).services

  it('has the current version, a port of this machine only, and the folder of the configuration', () => {
    expect(broker.image).toBe(`ghcr.io/connect-okta/connect-okta-server:${version}`)
    expect(broker.ports).toEqual(['127.0.0.1:8090:8090'])
    expect(broker.volumes).toEqual(['./etc:/etc/okta-broker:ro'])
  })

  // The image is not published when the tests run. So this runs the broker as a container of it does.
  it.runIf(canMount && curl)('starts in a container with a read-only root file system, and is healthy', async () => {
    const port = String(await freePort())
    const config = user.adapt(page.file('etc/broker.yaml')).replaceAll('8090', port)
    const mounts = { '/etc/okta-broker': { 'broker.yaml': config, 'users.json': user.key } }
    const program = join(root, 'packages/server/dist/main.js')
    const command = [process.execPath, program, '--config', '/etc/okta-broker/broker.yaml']
    const pod: Pod = await startPod({ uid: 65532, gid: 65532 }, mounts, command, {})
    try {
      const check = commandWith('/healthz').replaceAll('8090', port)
      await expect.poll(async () => (await user.run(check)).code, { timeout: 20_000 }).toBe(0)
    } finally {
      pod.child.kill('SIGTERM')
      await pod.ended
    }
  })
})

describe('the Dockerfile of docs/recipes/docker.md', () => {
  const archive = `connect-okta-${version}-linux-${process.arch}.tar.gz`
  const files = new Map<string, Buffer>()
  let releases: Server
  beforeAll(async () => {
    // A program in place of the released one, which is built and tested by its own tests.
    await user.run(
      `mkdir release && cp '${user.programs}/connect-okta' release && tar -czf ${archive} -C release connect-okta`,
    )
    const content = await readFile(join(user.home, archive))
    const checksum = createHash('sha256').update(content).digest('hex')
    files.set(archive, content)
    files.set('SHA256SUMS', Buffer.from(`${'0'.repeat(64)}  another-file.zip\n${checksum}  ${archive}\n`))
    releases = createServer(({ url = '' }, response) => {
      const content = url.startsWith(`/v${version}/`) ? files.get(basename(url)) : undefined
      response.writeHead(content === undefined ? 404 : 200).end(content)
    }).listen(0, '127.0.0.1')
    await once(releases, 'listening')
  })
  afterAll(() => releases.close())

  /** Runs the instruction RUN of the first stage in an empty folder. Docker removes the line ends. */
  async function build(releasedVersion = version) {
    const folder = await mkdtemp(join(tmpdir(), 'image-'))
    const [command = ''] = argumentsOf('RUN')
    const address = `http://127.0.0.1:${(releases.address() as AddressInfo).port}`
    const env = { VERSION: releasedVersion, RELEASES: address }
    return { folder, ...(await user.run(`cd '${folder}'\n${command.replaceAll('\\\n', '')}`, env)) }
  }

  it('is valid, and has the current version', () => {
    expect(validate(dockerfile)).toEqual([])
    expect(argumentsOf('ARG')[0]).toBe(`VERSION=${version}`)
  })

  it.runIf(curl)('gets a program that runs with the key of the app as a mounted file', async () => {
    const { folder, code } = await build()
    expect(code).toBe(0)
    expect(await user.run(`ls '${folder}'`)).toMatchObject({ stdout: 'connect-okta\n' })
    const options = commandWith('docker run').matchAll(/--env (\w+)=(\S+)/g)
    const env = Object.fromEntries([...options].map(([, name = '', value = '']) => [name, user.adapt(value)]))
    const key = join(user.home, 'okta-key.json')
    await writeFile(key, user.key, { mode: 0o400 })
    expect(env.CONNECT_OKTA_PRIVATE_KEY).toBe('/run/secrets/okta-key.json')
    const [command = '[]'] = argumentsOf('CMD')
    const line = (JSON.parse(command) as string[]).join(' ')
    const variables = {
      ...env,
      CONNECT_OKTA_PRIVATE_KEY: key,
      CONNECT_OKTA_STORE: 'memory',
      PATH: `${folder}:/usr/bin:/bin`,
    }
    const outcome = await user.run(line, variables)
    expect(outcome).toMatchObject({ code: 0, stdout: expect.stringContaining('ada.lovelace@example.com'), stderr: '' })
  })

  it.runIf(curl)('does not build when the checksum differs, or the release does not exist', async () => {
    const genuine = files.get(archive) ?? Buffer.alloc(0)
    files.set(archive, Buffer.concat([genuine, Buffer.from('changed')]))
    expect(await build()).toMatchObject({ code: 1, stderr: expect.stringContaining('did NOT match') })
    files.set(archive, genuine)
    expect((await build('9.9.9')).code).not.toBe(0)
  })
})
