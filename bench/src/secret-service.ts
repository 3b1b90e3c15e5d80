import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The programs that a {@link SecretService} requires. */
export const secretServiceNeeds = ['dbus-daemon', 'gnome-keyring-daemon', 'dbus-send']

/** An unlocked keyring on a separate D-Bus. */
export interface SecretService {
  /** The environment of a program that uses it. */
  readonly env: Readonly<Record<string, string>> & { readonly DBUS_SESSION_BUS_ADDRESS: string }
  stop(): Promise<void>
}

/** Starts a {@link SecretService}. */
export async function startSecretService(): Promise<SecretService> {
  const home = await mkdtemp(join(tmpdir(), 'bench-keyring-'))
  const own = { PATH: process.env.PATH ?? '', HOME: home, XDG_DATA_HOME: join(home, 'data'), XDG_RUNTIME_DIR: home }
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address', `--address=unix:path=${home}/bus`], {
    env: own,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [busAddress] = (await once(createInterface({ input: bus.stdout }), 'line')) as [string]
  const env = { ...own, DBUS_SESSION_BUS_ADDRESS: busAddress }
  const keyring = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  keyring.stdin.end('a password')
  for (let tries = 0; !(await answers(env)); tries++) {
    if (tries > 100) throw new Error('the keyring does not start')
    await sleep(50)
  }
  return {
    env,
    async stop() {
      await end(keyring)
      await end(bus)
      await rm(home, { recursive: true })
    },
  }
}

async function answers(env: Readonly<Record<string, string>>): Promise<boolean> {
  const bus = ['--dest=org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus.GetNameOwner']
  return await run('dbus-send', ['--session', '--print-reply', ...bus, 'string:org.freedesktop.secrets'], { env }).then(
    () => true,
    () => false,
  )
}

async function end(process: ChildProcess): Promise<void> {
  process.kill('SIGKILL')
  if (process.exitCode === null && process.signalCode === null) await once(process, 'exit')
}
