import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { MAIN, start, startAs } from '../test/support/run-emulator.test.support.js'
import { startOktaEmulator } from './start-okta-emulator.js'

// A user without rights.
const UNPRIVILEGED_USER = 65534

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'okta-emulator-'))
})

describe('okta-emulator with invalid input', () => {
  it.each([
    ['an unknown flag', ['--prot', '1'], /Unknown flag: --prot\n/],
    ['a negated flag', ['--no-port'], /Unknown flag: --no-port\n/],
    ['an argument', ['8080'], /Unexpected argument: 8080\n/],
    ['a flag given twice', ['--port', '8090', '--port=8091'], /--port is specified twice/],
    ['an empty value', ['--config='], /--config requires a value/],
    ['a flag without its value', ['--port', '--json'], /--port requires a value/],
    ['a value for a flag without one', ['--json=false'], /--json accepts no value/],
    ['an invalid port', ['--port', '99999'], /--port: 99999/],
    ['a certificate without a key', ['--tls-cert', 'x.pem'], /--tls-cert and --tls-key must be used together/],
    ['an invalid URL', ['--org-url', 'example'], /--org-url: example/],
    ['a missing file', ['--config', '/nowhere/org.yaml'], /--config: .*\/nowhere\/org\.yaml/],
  ])('prints a usage error for %s', async (_what, args, message) => {
    const { code, stdout, stderr } = await start(...args).ended
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(message)
    expect(stderr).toContain('okta-emulator --help')
  })

  it('prints a usage error for an invalid certificate', async () => {
    const { code, stderr } = await start('--tls-cert', MAIN, '--tls-key', MAIN).ended
    expect(code).toBe(2)
    expect(stderr).toContain('--tls-cert, --tls-key: not a certificate and private key in PEM format')
  })

  it('names the invalid field of the configuration file', async () => {
    const file = join(folder, 'wrong.yaml')
    await writeFile(file, 'clients: [{ kind: spaa }]\n')
    const { code, stderr } = await start('--config', file).ended
    expect(code).toBe(2)
    expect(stderr).toContain(`${file}: line 1: clients[0].kind: `)
  })

  it.skipIf(process.getuid?.() !== 0)('names the port when this user is not allowed to use it', async () => {
    const { code, stderr } = await startAs({ uid: UNPRIVILEGED_USER }, '--port', '81').ended
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'okta-emulator: Port 81 is privileged: ports below 1024 require root. Choose a higher port with --port.\n',
    })
  })

  it('names the port when it is in use', async () => {
    await using okta = await startOktaEmulator()
    const { code, stderr } = await start('--port', okta.orgUrl.port).ended
    expect(code).toBe(1)
    expect(stderr).toBe(`okta-emulator: Port ${okta.orgUrl.port} is in use. Choose another with --port.\n`)
  })
})
