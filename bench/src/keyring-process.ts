import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A Secret Service on a bus of its own, unlocked, for whoever has its environment. */
export async function startKeyring(): Promise<{ env: Readonly<Record<string, string>>; close(): Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), 'bench-keyring-'))
  const own = { PATH: process.env.PATH ?? '', HOME: home, XDG_DATA_HOME: join(home, 'data'), XDG_RUNTIME_DIR: home }
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address'], {
    env: own,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [address] = (await once(createInterface({ input: bus.stdout }), 'line')) as [string]
  const env = { ...own, DBUS_SESSION_BUS_ADDRESS: address }
  const keyring = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  keyring.stdin.end('a password')
  const isThere = () =>
    run(
      'dbus-send',
      [
        ...['--session', '--print-reply', '--dest=org.freedesktop.DBus', '/org/freedesktop/DBus'],
        ...['org.freedesktop.DBus.GetNameOwner', 'string:org.freedesktop.secrets'],
      ],
      { env },
    ).then(
      () => true,
      () => false,
    )
  for (let tries = 0; tries < 100 && !(await isThere()); tries++) await sleep(50)
  return {
    env,
    async close() {
      for (const child of [keyring, bus]) {
        child.kill('SIGKILL')
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      }
      await rm(home, { recursive: true, force: true })
    },
  }
}
