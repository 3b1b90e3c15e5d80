import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startBroker, type TestBroker } from '../support/broker.test.support.js'
import { emptyHome, run } from '../support/run.test.support.js'

let okta: OktaEmulator
let broker: TestBroker
let home: string
let client: string[]

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }, { kind: 'service', dpop: true }] })
  broker = await startBroker(okta)
})
afterAll(async () => {
  await broker[Symbol.asyncDispose]()
  await okta.close()
})
beforeEach(async () => {
  home = await emptyHome()
  await writeFile(join(home, 'secret'), broker.secret, { mode: 0o600 })
  client = ['--broker', broker.url, '--client', 'payroll', '--client-secret-file', join(home, 'secret')]
})

const of = (connection: string) => [...client, '--connection', connection]
const runHere = (args: readonly string[]) => run(args, { HOME: home })

describe('api --broker', () => {
  it.each(['users', 'bound'])('sends requests for the connection %s', async connection => {
    const { code, stdout } = await runHere(['api', 'GET', '/api/v1/users', '-F', 'limit=1', ...of(connection)])
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toHaveLength(1)
  })

  it.each(['users', 'bound'])('gets every page of the connection %s', async connection => {
    const args = ['api', 'GET', '/api/v1/users', '-F', 'limit=1', '--paginate', '--json', ...of(connection)]
    expect(JSON.parse((await runHere(args)).stdout).length).toBeGreaterThan(1)
  })

  it('accepts a URL of the org, and rejects one of another host', async () => {
    const url = new URL('/api/v1/users', okta.orgUrl).href
    expect(await runHere(['api', url, ...of('users')])).toMatchObject({ code: 0 })
    const other = await runHere(['api', 'https://other.okta.com/api/v1/users', ...of('users')])
    expect(other.code).toBe(2)
    expect(other.stdout).toBe('')
  })

  it('accepts a URL of the org with a profile', async () => {
    await runHere(['login', '--profile', 'ci', ...of('users')])
    const url = new URL('/api/v1/users', okta.orgUrl).href
    expect(await runHere(['api', url, '--profile', 'ci'])).toMatchObject({ code: 0 })
  })
})

describe('header --broker', () => {
  it('prints the headers of a bound token, whose proof the broker makes', async () => {
    const url = new URL('/api/v1/users?limit=1', okta.orgUrl).href
    const { code, stdout } = await runHere(['header', '--url', url, '--json', ...of('bound')])
    expect(code).toBe(0)
    const headers = JSON.parse(stdout)
    expect(headers.authorization).toMatch(/^DPoP /)
    expect((await fetch(url, { headers })).status).toBe(200)
  })

  it('prints the header of a bearer token', async () => {
    const { stdout } = await runHere(['header', '--url', '/api/v1/users', ...of('users')])
    expect(stdout).toMatch(/^authorization: Bearer /)
  })
})

describe('token --broker', () => {
  it('reports that a bound token does not leave the broker', async () => {
    const { code, stdout, stderr } = await runHere(['token', ...of('bound')])
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toContain('does not return the tokens')
    expect(stderr).toContain('connect-okta api')
  })
})
