import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { commandOf, serviceApp, startEmulatorProcess } from '../emulator-process.js'
import type { Comparison, Row } from '../row.js'
import { secretServiceNeeds, startSecretService } from '../secret-service.js'

const run = promisify(execFile)
const cli = [process.execPath, commandOf('@connect-okta/cli')] as const
const singleFile = fileURLToPath(new URL('../../../single-file/dist/program/connect-okta', import.meta.url))

// Relative to its start, Node 20 takes longer to load the same code.
const isNode20 = process.versions.node.startsWith('20.')
const budgets = isNode20
  ? { flags: 2.1, profile: 2.1, sealed: 2.8, help: 1.9 }
  : { flags: 1.9, profile: 1.9, sealed: 2.6, help: 1.8 }

type Environment = Readonly<Record<string, string | undefined>>

/** How long a shell script waits for a cached token. Most of it is the start of Node. */
export const cliCachedToken: Row = tokenRow({
  name: 'CLI: a token from the store, by flags',
  budget: budgets.flags,
  args: app => ['token', ...app],
})

/** The same with a profile whose key is in a file. */
export const cliCachedTokenByProfile: Row = tokenRow({
  name: 'CLI: a token from the store, by profile',
  budget: budgets.profile,
  args: () => ['token', '--profile', 'bench'],
  login: ['--profile', 'bench'],
})

/** The same with a file that is sealed with a key in the keyring. Requires `gnome-keyring-daemon`. */
export const cliCachedTokenSealed: Row = {
  ...tokenRow({
    name: 'CLI: a token from the encrypted store',
    budget: budgets.sealed,
    args: app => ['token', ...app],
    startService: startSecretService,
  }),
  needs: secretServiceNeeds,
}

/** The same with the single-file program. Requires `npm run single-file`, and that this is its version of Node. */
export const singleFileToken: Row = {
  ...tokenRow({
    name: 'Single-file program: a token from the store',
    budget: 1.9,
    args: app => ['token', ...app],
    program: [singleFile],
  }),
  needs: singleFile,
}

/** How long the help takes. */
export const cliHelp: Row = {
  ...sides('connect-okta --help'),
  name: 'CLI: the help text',
  budget: budgets.help,
  prepare: async () => comparison(process.env, [...cli, '--help']),
}

function sides(ours: string): Pick<Row, 'ours' | 'reference' | 'pairs'> {
  return { ours, reference: 'node -e 0', pairs: 25 }
}

interface TokenRow {
  readonly name: string
  readonly budget: number
  readonly args: (app: readonly string[]) => readonly string[]
  /** Default: the CLI from npm. */
  readonly program?: Command
  /** Additional flags of `login`. */
  readonly login?: readonly string[]
  /** Starts a service that the command uses. */
  readonly startService?: () => Promise<{ env: Environment; stop(): Promise<void> }>
}

async function startNothing() {
  return { env: {}, stop: async () => {} }
}

function tokenRow({ name, budget, args, program = cli, login = [], startService = startNothing }: TokenRow): Row {
  return {
    ...sides('connect-okta token'),
    name,
    budget,
    async prepare() {
      const emulator = await startEmulatorProcess()
      const service = await startService()
      const home = await mkdtemp(join(tmpdir(), 'bench-'))
      const env = { ...process.env, ...service.env, HOME: home, XDG_CONFIG_HOME: '', XDG_STATE_HOME: '' }
      const { clientId, jwk } = serviceApp(emulator)
      const keyFile = join(home, 'key.json')
      await writeFile(keyFile, JSON.stringify(jwk), { mode: 0o600 })
      const app = ['--tenant', emulator.orgUrl, '--client-id', clientId]
      await start([...program, 'login', ...login, ...app, '--jwk-file', keyFile], env)
      const { stdout } = await start([...program, ...args(app)], env)
      if (stdout.trim() === '') throw new Error('got no token')
      return comparison(env, [...program, ...args(app)], async () => {
        await emulator.close()
        await service.stop()
        await rm(home, { recursive: true })
      })
    },
  }
}

function comparison(env: Environment, command: Command, close: () => Promise<void> = async () => {}): Comparison {
  return {
    ours: () => start(command, env).then(() => undefined),
    reference: () => start([process.execPath, '-e', '0'], env).then(() => undefined),
    close,
  }
}

type Command = readonly [string, ...string[]]

async function start([program, ...args]: Command, env: Environment) {
  return await run(program, args, { env })
}
