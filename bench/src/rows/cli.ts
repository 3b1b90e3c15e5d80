import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { commandOf, serviceApp, startEmulatorProcess } from '../emulator-process.js'
import type { Contest, Row } from '../row.js'
import { secretServiceNeeds, startSecretService } from '../secret-service.js'

const run = promisify(execFile)
const cli = commandOf('@connect-okta/cli')

// Node 20, past its end of life, loads as much code in more time beside its start.
const isNode20 = process.versions.node.startsWith('20.')
const budgets = isNode20
  ? { flags: 2.1, profile: 2.1, sealed: 2.8, help: 1.9 }
  : { flags: 1.9, profile: 1.9, sealed: 2.6, help: 1.8 }

type Environment = Readonly<Record<string, string | undefined>>

/** What a shell script waits for when the token is cached: mostly Node itself. */
export const cliCachedToken: Row = tokenRow({
  name: 'CLI: a token from the store, by flags',
  budget: budgets.flags,
  args: which => ['token', ...which],
})

/** The same by the name of a profile, whose key is in a file. */
export const cliCachedTokenByProfile: Row = tokenRow({
  name: 'CLI: a token from the store, by profile',
  budget: budgets.profile,
  args: () => ['token', '--profile', 'bench'],
  login: ['--profile', 'bench'],
})

/** The same from a file that is sealed with a key in the keyring. Needs `gnome-keyring-daemon`. */
export const cliCachedTokenSealed: Row = {
  ...tokenRow({
    name: 'CLI: a token from the store, sealed',
    budget: budgets.sealed,
    args: which => ['token', ...which],
    surroundings: startSecretService,
  }),
  needs: secretServiceNeeds,
}

/** What somebody waits for who has forgotten a flag. */
export const cliHelp: Row = {
  ...sides('connect-okta --help'),
  name: 'CLI: the help text',
  budget: budgets.help,
  prepare: async () => contest(process.env, [cli, '--help'], ['-e', '0']),
}

function sides(ours: string): Pick<Row, 'ours' | 'reference' | 'pairs'> {
  return { ours, reference: 'node -e 0', pairs: 25 }
}

interface TokenRow {
  readonly name: string
  readonly budget: number
  readonly args: (which: readonly string[]) => readonly string[]
  /** What the login is told besides. */
  readonly login?: readonly string[]
  /** What the command finds around it besides a home. */
  readonly surroundings?: () => Promise<{ env: Environment; stop(): Promise<void> }>
}

async function nothing() {
  return { env: {}, stop: async () => {} }
}

function tokenRow({ name, budget, args, login = [], surroundings = nothing }: TokenRow): Row {
  return {
    ...sides('connect-okta token'),
    name,
    budget,
    async prepare() {
      const emulator = await startEmulatorProcess()
      const around = await surroundings()
      const home = await mkdtemp(join(tmpdir(), 'bench-'))
      const env = { ...process.env, ...around.env, HOME: home, XDG_CONFIG_HOME: '', XDG_STATE_HOME: '' }
      const { clientId, jwk } = serviceApp(emulator)
      const keyFile = join(home, 'key.json')
      await writeFile(keyFile, JSON.stringify(jwk), { mode: 0o600 })
      const which = ['--tenant', emulator.orgUrl, '--client-id', clientId]
      await run(process.execPath, [cli, 'login', ...login, ...which, '--jwk-file', keyFile], { env })
      const { stdout } = await run(process.execPath, [cli, ...args(which)], { env })
      if (stdout.trim() === '') throw new Error('no token came')
      return contest(env, [cli, ...args(which)], ['-e', '0'], async () => {
        await emulator.close()
        await around.stop()
        await rm(home, { recursive: true })
      })
    },
  }
}

function contest(
  env: Environment,
  ours: readonly string[],
  reference: readonly string[],
  close: () => Promise<void> = async () => {},
): Contest {
  const start = async (args: readonly string[]) => {
    await run(process.execPath, args, { env })
    return undefined
  }
  return { ours: () => start(ours), reference: () => start(reference), close }
}
