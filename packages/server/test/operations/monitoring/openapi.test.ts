import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startOktaEmulator } from '@connect-okta/emulator'
import { createConfig, lint } from '@redocly/openapi-core'
import { expect, it } from 'vitest'
import { connectionOf, digestFor, filesOf, startBroker } from '../../support/broker.test.support.js'

it('has no problem according to the recommended rules of Redocly when it is /openapi.json', async () => {
  await using okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
  await using broker = await startBroker(
    {
      // The rules do not accept localhost.
      issuer: 'https://broker.acme.test',
      connections: { users: connectionOf(okta, okta.client('service')) },
      clients: { payroll: { secretSha256: digestFor('payroll'), connections: ['users'] } },
    },
    { files: filesOf(okta) },
  )
  const path = join(tmpdir(), `openapi-${broker.port}.json`)
  await writeFile(path, await (await fetch(`${broker.url}/openapi.json`)).text())
  const problems = await lint({ ref: path, config: await createConfig({ extends: ['recommended'] }) })
  expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([])
})
