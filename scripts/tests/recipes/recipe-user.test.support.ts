import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, realpath, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type OktaEmulator, startOktaEmulator } from '../../../packages/emulator/dist/index.js'
import { root } from '../../pnpm.mjs'

const cli = join(root, 'packages/cli/dist/main.cjs')

export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A user who does what a recipe says, with an emulated org in place of example.okta.com. */
export interface RecipeUser extends AsyncDisposable {
  readonly okta: OktaEmulator
  /** The private key of the app, as JSON. */
  readonly key: string
  readonly home: string
  /** A folder with `connect-okta`, in place of /usr/local/bin. */
  readonly programs: string
  /** Replaces the org and the client ID of the documentation by those of the emulator. */
  adapt(text: string): string
  addProgram(name: string, script: string): Promise<void>
  /** Runs a shell command in the home folder. The environment has no other variables. */
  run(command: string, env?: Readonly<Record<string, string>>): Promise<Outcome>
}

export async function startRecipeUser(scopes: readonly string[] = ['okta.users.read']): Promise<RecipeUser> {
  const okta = await startOktaEmulator({ clients: [{ kind: 'service', dpop: false, scopes: [...scopes] }] })
  const { clientId, jwk } = okta.client('service')
  const home = await realpath(await mkdtemp(join(tmpdir(), 'home-')))
  const programs = await mkdtemp(join(tmpdir(), 'programs-'))
  const adapt = (one: string) =>
    one.replaceAll('example.okta.com', okta.orgUrl.origin).replaceAll('0oa1a2b3c4d5e6f7g8h9', clientId)
  const addProgram = async (name: string, script: string) => {
    await writeFile(join(programs, name), `#!/bin/sh\n${script}\n`)
    await chmod(join(programs, name), 0o755)
  }
  await mkdir(join(home, 'keys'))
  await addProgram('connect-okta', `exec '${process.execPath}' '${cli}' "$@"`)
  return {
    okta,
    key: JSON.stringify(jwk),
    home,
    programs,
    adapt,
    addProgram,
    async run(command, env = {}) {
      const variables = { HOME: home, PATH: `${programs}:/usr/bin:/bin`, ...env }
      const shell = spawn('/bin/sh', ['-ec', adapt(command)], { cwd: home, env: variables })
      shell.stdin.end()
      const code = new Promise<number | null>(resolve => shell.once('close', resolve))
      const [stdout, stderr] = await Promise.all([text(shell.stdout), text(shell.stderr)])
      return { code: await code, stdout, stderr }
    },
    [Symbol.asyncDispose]: () => okta.close(),
  }
}
