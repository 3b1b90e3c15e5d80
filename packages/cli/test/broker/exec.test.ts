import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startOktaEmulator } from '@connect-okta/emulator'
import { expect, it } from 'vitest'
import { startBroker } from '../support/broker.test.support.js'
import { emptyHome } from '../support/run.test.support.js'
import { runProgram } from '../support/spawn.test.support.js'

const callOkta = fileURLToPath(new URL('../support/call-okta.test.support.mjs', import.meta.url))

it.each(['users', 'bound'])('exec --broker runs a program with the connection %s', async connection => {
  await using okta = await startOktaEmulator({ clients: [{ kind: 'service' }, { kind: 'service', dpop: true }] })
  await using broker = await startBroker(okta)
  const home = await emptyHome()
  await writeFile(join(home, 'secret'), broker.secret, { mode: 0o600 })
  const client = ['--broker', broker.url, '--client', 'payroll', '--client-secret-file', join(home, 'secret')]
  const command = ['--for', 'terraform', '--', process.execPath, callOkta, 'terraform']
  const run = await runProgram(['exec', ...client, '--connection', connection, ...command], { HOME: home })
  expect(run).toMatchObject({ code: 0 })
  expect(JSON.parse(run.stdout)).toMatchObject({ status: 200, users: 2 })
})
