import { spawn } from 'node:child_process'
import { chmod, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { stringify } from 'yaml'
import { connectionOf, filesOf } from '../../support/broker.test.support.js'
import { type BrokerProcess, startProcess } from '../../support/process.test.support.js'
import { startNamedHosts } from './named-hosts.test.support.js'

/** The built CLI. */
export const cli = fileURLToPath(new URL('../../../../cli/dist/main.cjs', import.meta.url))

/** The address of the broker in the documentation. */
export const brokerUrl = 'https://broker.example.com'

/** The environment variables that a platform sets in a job. */
export type JobVariables = Readonly<Record<string, string>>

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** An org, a broker with a documented configuration, and the means to run jobs. */
export interface Recipe extends AsyncDisposable {
  readonly okta: OktaEmulator
  readonly broker: BrokerProcess
  /** Runs `connect-okta` in an empty home folder. */
  run(args: readonly string[], job?: JobVariables): Promise<Ended>
  /** Runs a shell script as a job does: in an empty home folder, with `connect-okta` on the PATH. */
  runScript(script: string, job?: JobVariables): Promise<Ended>
  /** The status of a request for users with a token, at the org. */
  statusWith(token: string): Promise<number>
  /** The lines of the broker's log about rejected clients. It writes the same line at most once in ten seconds. */
  rejections(): readonly Record<string, unknown>[]
  /** The claims in {@link rejections}. */
  rejectedClaims(): readonly unknown[]
}

/** What {@link startRecipe} needs for a platform. */
export interface RecipeOptions {
  /** The part of the broker's configuration that is about clients. */
  readonly config: object
  /** Files in the folder of the configuration. */
  readonly files?: Readonly<Record<string, string>>
  /** The ports of the platform's HTTPS hosts. */
  readonly hosts?: Readonly<Record<string, number>>
}

/** Starts the emulator and a broker, which jobs reach as {@link brokerUrl}. */
export async function startRecipe({ config, files = {}, hosts = {} }: RecipeOptions): Promise<Recipe> {
  const okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
  const port = await freePort()
  const named = await startNamedHosts({ ...hosts, [new URL(brokerUrl).hostname]: port })
  const folder = await mkdtemp(join(tmpdir(), 'recipe-'))
  for (const [name, content] of Object.entries({ ...filesOf(okta), ...files }))
    await writeFile(join(folder, name), content, { mode: 0o600 })
  const server = { listen: `127.0.0.1:${port}`, issuer: brokerUrl, behindProxy: ['127.0.0.1'], store: 'memory' }
  const connections = { users: connectionOf(okta, okta.client('service')) }
  await writeFile(join(folder, 'broker.yaml'), stringify({ ...server, connections, ...config }))
  const broker = startProcess(['--config', join(folder, 'broker.yaml')], { HOME: folder, ...named.env })
  await broker.printed('Serving')
  const programs = await programFolder()

  async function execute(command: string, args: readonly string[], job: JobVariables): Promise<Ended> {
    const home = await mkdtemp(join(tmpdir(), 'home-'))
    const path = `${programs}${delimiter}${job.PATH ?? process.env.PATH}`
    const env = { TMPDIR: tmpdir(), ...named.env, ...job, HOME: home, PATH: path }
    const child = spawn(command, args, { cwd: home, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const code = new Promise<number | null>(resolve => child.on('close', resolve))
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
    return { stdout, stderr, code: await code }
  }

  const rejections = () =>
    broker.stdout
      .split('\n')
      .filter(line => line.startsWith('{'))
      .map(line => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === 'client rejected')

  return {
    okta,
    broker,
    run: (args, job = {}) => execute(process.execPath, [cli, ...args], job),
    runScript: (script, job = {}) =>
      execute('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', script], job),
    async statusWith(token) {
      const headers = { authorization: `Bearer ${token.trim()}` }
      return (await fetch(new URL('/api/v1/users?limit=1', okta.orgUrl), { headers })).status
    },
    rejections,
    rejectedClaims: () => rejections().map(({ claim }) => claim),
    async [Symbol.asyncDispose]() {
      broker.child.kill()
      await broker.ended
      await named[Symbol.asyncDispose]()
      await okta.close()
    },
  }
}

// A job calls the program by its name.
async function programFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'programs-'))
  const path = join(folder, 'connect-okta')
  await writeFile(path, `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`)
  await chmod(path, 0o755)
  return folder
}
