import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A Secret Service of its own, unlocked, for programs that have its environment. */
export interface SecretService {
  /** `DBUS_SESSION_BUS_ADDRESS` and what else a program needs to find it. */
  readonly environment: Readonly<Record<string, string>>
  lock(): Promise<void>
  /** As signing in to the desktop does. */
  unlock(): Promise<void>
  stop(): Promise<void>
}

/** Starts a {@link SecretService}: gnome-keyring on a bus that nobody else is on. */
export async function startSecretService(): Promise<SecretService> {
  const home = await mkdtemp(join(tmpdir(), 'keyring-'))
  const own = { PATH: process.env.PATH ?? '', HOME: home, XDG_DATA_HOME: join(home, 'data'), XDG_RUNTIME_DIR: home }
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address', `--address=unix:path=${home}/bus`], {
    env: own,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [address] = (await once(createInterface({ input: bus.stdout }), 'line')) as [string]
  const environment = { ...own, DBUS_SESSION_BUS_ADDRESS: address }
  const startUnlocked = async () => {
    const daemon = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
      env: environment,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    daemon.stdin.end('a password')
    await untilItIsThere(environment)
    return daemon
  }
  let keyring = await startUnlocked()
  const ask = (...args: string[]) =>
    run(
      'dbus-send',
      ['--session', '--print-reply', '--dest=org.freedesktop.secrets', '/org/freedesktop/secrets', ...args],
      {
        env: environment,
      },
    )
  return {
    environment,
    async lock() {
      const collection = '/org/freedesktop/secrets/collection/login'
      await ask('org.freedesktop.Secret.Service.Lock', `array:objpath:${collection}`)
    },
    async unlock() {
      await end(keyring)
      keyring = await startUnlocked()
    },
    async stop() {
      await end(keyring)
      await end(bus)
    },
  }
}

async function end(process: ChildProcess): Promise<void> {
  process.kill('SIGKILL')
  if (process.exitCode === null && process.signalCode === null) await once(process, 'exit')
}

async function untilItIsThere(env: Readonly<Record<string, string>>): Promise<void> {
  const name = ['org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus.GetNameOwner']
  for (let tries = 0; ; tries++) {
    const args = ['--session', '--print-reply', `--dest=${name[0]}`, name[1] ?? '', name[2] ?? '']
    const isThere = await run('dbus-send', [...args, 'string:org.freedesktop.secrets'], { env }).then(
      () => true,
      () => false,
    )
    if (isThere) return
    if (tries > 100) throw new Error('the Secret Service does not start')
    await sleep(50)
  }
}
