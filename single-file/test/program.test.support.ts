import { spawn } from 'node:child_process'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { OktaEmulator } from '@connect-okta/emulator'
import { newFolder } from '../../packages/core/test/support/new-folder.test.support.js'

/** The file name of the program on this platform. */
export const programName = process.platform === 'win32' ? 'connect-okta.exe' : 'connect-okta'
const built = fileURLToPath(new URL(`../dist/program/${programName}`, import.meta.url))

type Environment = Readonly<Record<string, string>>

/** The program alone in an empty folder, and an empty home folder. Nothing of this environment: no Node and no other programs. */
export async function installProgram(more: Environment = {}) {
  const folder = await newFolder()
  const home = join(folder, 'home')
  await mkdir(home)
  const path = join(folder, programName)
  await copyFile(built, path)
  // Windows needs SystemRoot for sockets.
  const { SystemRoot = '' } = process.env
  // Where the program stores tokens differs on each system.
  const state = join(home, 'state')
  const env = {
    HOME: home,
    USERPROFILE: home,
    SystemRoot,
    CONNECT_OKTA_STATE_DIR: state,
    CONNECT_OKTA_STORE: 'file',
    ...more,
  }

  function start(args: readonly string[], variables: Environment = {}) {
    const child = spawn(path, args, { cwd: home, env: { ...env, ...variables } })
    const ended = new Promise<number | null>(resolve => child.once('exit', resolve))
    return { child, ended }
  }
  async function run(args: readonly string[], variables: Environment = {}, input = '') {
    const { child, ended } = start(args, variables)
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)])
    return { stdout, stderr, code: await ended }
  }
  return { path, home, state, start, run }
}

/** Writes the key of the service app of an org, and returns the options of `login` for it. */
export async function serviceApp(okta: OktaEmulator, home: string): Promise<readonly string[]> {
  const { clientId, jwk } = okta.client('service')
  await writeFile(join(home, 'key.json'), JSON.stringify(jwk), { mode: 0o600 })
  return [
    '--tenant',
    okta.orgUrl.origin,
    '--client-id',
    clientId,
    '--scopes',
    'okta.users.read',
    '--jwk-file',
    'key.json',
  ]
}
