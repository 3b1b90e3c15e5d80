import { fileURLToPath } from 'node:url'
import { startOktaEmulator } from '@connect-okta/emulator'
import { expect, it } from 'vitest'
import { emptyHome, jsonFile } from '../support/run.test.support.js'
import { runProgram } from '../support/spawn.test.support.js'

// It reads the directory, page by page, once for each configuration on stdin. The configuration is in the environment.
const program = fileURLToPath(new URL('../../../emulator/test/support/okta-sdk-child.mjs', import.meta.url))

it.each([false, true])('Okta’s SDK for Node reads the directory through exec when DPoP is required: %s', async dpop => {
  await using okta = await startOktaEmulator({ clients: [{ kind: 'service', dpop }] })
  const home = await emptyHome()
  const { clientId, jwk } = okta.client('service')
  const connection = ['--tenant', okta.orgUrl.origin, '--client-id', clientId, '--scopes', 'okta.users.read']
  const app = [...connection, '--jwk-file', await jsonFile(home, 'key.json', jwk)]
  const command = ['exec', ...app, '--for', 'okta-sdk-nodejs', '--', process.execPath, program]
  const { code, stdout } = await runProgram(command, { HOME: home, HTTPS_PROXY: 'http://127.0.0.1:9' }, '[{}]')
  expect(code).toBe(0)
  const [{ logins, error }] = JSON.parse(stdout)
  expect(error).toBeUndefined()
  expect(logins).toHaveLength(28)
})
