import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { basic, configureIn } from '../../test/support/broker.test.support.js'

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
let okta: OktaEmulator
let folder: string
let child: ChildProcess | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'output-'))
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
})
afterEach(() => child?.kill('SIGKILL'))
afterAll(() => okta.close())

async function startWith(stdout: number | 'pipe') {
  const { path, port } = await configureIn(folder, okta)
  const started = spawn(process.execPath, [main, '--config', path], { stdio: ['ignore', stdout, 'pipe'] })
  child = started
  let said = ''
  started.stderr?.on('data', text => {
    said += text
  })
  const url = `http://127.0.0.1:${port}`
  const get = (path: string) => fetch(url + path, { signal: AbortSignal.timeout(20_000) })
  await expect
    .poll(() =>
      get('/healthz')
        .then(({ status }) => status)
        .catch(() => 0),
    )
    .toBe(200)
  const token = async () => {
    const body = new URLSearchParams({ grant_type: 'client_credentials' })
    const init = { method: 'POST', headers: { authorization: basic('payroll') }, body }
    return (await fetch(`${url}/oauth2/token`, { ...init, signal: AbortSignal.timeout(20_000) })).status
  }
  const degraded = async () => ((await (await get('/readyz')).json()) as { degraded: string[] }).degraded
  return { child: started, token, degraded, said: () => said }
}

async function expectServing({ child, token, degraded, said }: Awaited<ReturnType<typeof startWith>>) {
  for (let round = 0; round < 3; round++) {
    for (let count = 0; count < 40; count++) expect(await token()).toBe(200)
    await pause(600)
  }
  await expect.poll(degraded).toContain('log: lines cannot be written to stdout')
  expect(said().match(/cannot be written/g)).toHaveLength(1)
  child.kill('SIGINT')
  expect((await once(child, 'exit'))[0]).toBe(0)
}

describe('a broker', () => {
  it.skipIf(process.platform !== 'linux')(
    'keeps serving and reports it once when the disk of its log is full',
    async () => {
      await expectServing(await startWith(openSync('/dev/full', 'w')))
    },
  )

  it('keeps serving and reports it once when the reader of its log has ended', async () => {
    const broker = await startWith('pipe')
    broker.child.stdout?.destroy()
    await expectServing(broker)
  })
})
