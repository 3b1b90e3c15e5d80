import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll } from 'vitest'
import { saveEnvironment } from './environment.test.support.js'
import { newFolder } from './new-folder.test.support.js'

const run = promisify(execFile)

/** An unlocked Secret Service on a private D-Bus session bus. */
export interface SecretService {
  /** The variables that a process needs to connect to it, such as `DBUS_SESSION_BUS_ADDRESS`. */
  readonly environment: Readonly<Record<string, string>>
  lock(): Promise<void>
  /** Restarts the service unlocked, as a desktop session does when the user signs in. */
  unlock(): Promise<void>
  stop(): Promise<void>
}

/** Starts a {@link SecretService}: gnome-keyring on a private bus. */
export async function startSecretService(): Promise<SecretService> {
  const home = await newFolder()
  const baseEnvironment = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    XDG_DATA_HOME: join(home, 'data'),
    XDG_RUNTIME_DIR: home,
  }
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address', `--address=unix:path=${home}/bus`], {
    env: baseEnvironment,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [address] = (await once(createInterface({ input: bus.stdout }), 'line')) as [string]
  const environment = { ...baseEnvironment, DBUS_SESSION_BUS_ADDRESS: address }
  const startUnlocked = async () => {
    const daemon = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
      env: environment,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    daemon.stdin.end('a password')
    await waitForService(environment)
    return daemon
  }
  let keyring = await startUnlocked()
  const call = (...args: string[]) =>
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
      await call('org.freedesktop.Secret.Service.Lock', `array:objpath:${collection}`)
    },
    async unlock() {
      await kill(keyring)
      keyring = await startUnlocked()
    },
    async stop() {
      await kill(keyring)
      await kill(bus)
    },
  }
}

/** Starts a {@link SecretService} for the tests of a file or suite, in the environment of this process. */
export function useSecretService(): void {
  const restoreEnvironment = saveEnvironment()
  let service: SecretService
  beforeAll(async () => {
    service = await startSecretService()
    Object.assign(process.env, service.environment)
  })
  afterAll(async () => {
    restoreEnvironment()
    await service.stop()
  })
}

async function kill(process: ChildProcess): Promise<void> {
  process.kill('SIGKILL')
  if (process.exitCode === null && process.signalCode === null) await once(process, 'exit')
}

async function waitForService(env: Readonly<Record<string, string>>): Promise<void> {
  const name = ['org.freedesktop.DBus', '/org/freedesktop/DBus', 'org.freedesktop.DBus.GetNameOwner']
  for (let tries = 0; ; tries++) {
    const args = ['--session', '--print-reply', `--dest=${name[0]}`, name[1] ?? '', name[2] ?? '']
    const isRunning = await run('dbus-send', [...args, 'string:org.freedesktop.secrets'], { env }).then(
      () => true,
      () => false,
    )
    if (isRunning) return
    if (tries > 100) throw new Error('the Secret Service does not start')
    await sleep(50)
  }
}
