import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { freePort } from '@connect-okta/emulator'
import { stringify } from 'yaml'
import { commandOf, type EmulatorProcess, serviceApp } from '../emulator-process.js'

/** A broker in a separate process, with the defaults: audit log and metrics on, request log off. */
export interface BrokerProcess {
  readonly url: string
  /** Its processor time since the start, in milliseconds. Only on Linux. */
  processorMs(): Promise<number>
  /** The `authorization` headers of its clients. */
  readonly authorizations: readonly string[]
  close(): Promise<void>
}

/** Options of a {@link BrokerProcess}. */
export interface BrokerOptions {
  readonly store?: string
  /** The scopes of its connection. */
  readonly scopes?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The number of clients. Default: 1. */
  readonly clients?: number
  /** The secret of the clients. Default: another one for each process. */
  readonly secret?: string
  /** More settings of the configuration: its clients are added to those with a secret. */
  readonly settings?: Readonly<Record<string, unknown>> & { readonly clients?: object }
  /** More files in the folder of the configuration. */
  readonly files?: Readonly<Record<string, string>>
}

/** Starts a {@link BrokerProcess} with the connection `users`, which uses the service app of the emulator. */
export async function startBrokerProcess(
  emulator: EmulatorProcess,
  { store = 'memory', scopes = ['okta.users.read'], env = {}, clients = 1, ...more }: BrokerOptions = {},
): Promise<BrokerProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-broker-'))
  const { clientId, jwk } = serviceApp(emulator)
  const { secret = createHash('sha256').update(folder).digest('base64url'), settings = {}, files = {} } = more
  const secretSha256 = createHash('sha256').update(secret).digest('hex')
  const names = Array.from({ length: clients }, (_one, index) => `load-${index}`)
  const client = { secretSha256, connections: ['users'] }
  const port = await freePort()
  const connection = { tenant: emulator.orgUrl, clientId, scopes, key: { file: 'key.json' } }
  await writeFile(join(folder, 'key.json'), JSON.stringify(jwk))
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
  await writeFile(
    join(folder, 'broker.yaml'),
    stringify({
      listen: `127.0.0.1:${port}`,
      store,
      connections: { users: connection },
      ...settings,
      clients: { ...Object.fromEntries(names.map(name => [name, client])), ...settings.clients },
    }),
  )
  const audit = openSync(join(folder, 'audit.log'), 'w')
  const args = [commandOf('@connect-okta/server'), '--config', join(folder, 'broker.yaml')]
  const child = spawn(process.execPath, args, { stdio: ['ignore', audit, 'pipe'], env: { ...process.env, ...env } })
  await listening(child)
  return {
    url: `http://127.0.0.1:${port}`,
    async processorMs() {
      const stat = await readFile(`/proc/${child.pid}/stat`, 'utf8')
      // proc(5): utime and stime are the 12th and 13th field after the name, in hundredths of a second.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return (Number(fields[11]) + Number(fields[12])) * 10
    },
    authorizations: names.map(name => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`),
    async close() {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
      await rm(folder, { recursive: true })
    },
  }
}

async function listening(child: ChildProcess): Promise<void> {
  if (child.stderr === null) throw new Error('the broker has no stderr')
  const lines = createInterface({ input: child.stderr })
  const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit')])) as [unknown]
  if (typeof line !== 'string' || !line.startsWith('Serving')) throw new Error(`the broker did not start: ${line}`)
}
