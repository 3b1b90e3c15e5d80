import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startGitHubActions } from '../../../../scripts/testing/identity-issuers/github-actions.test.support.js'
import { startBroker, type TestBroker } from '../support/broker.test.support.js'
import { emptyHome, run } from '../support/run.test.support.js'

let okta: OktaEmulator
let broker: TestBroker
let env: Record<string, string>
let deploy: string[]
let payroll: string[]

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
  broker = await startBroker(okta)
})
afterAll(async () => {
  await broker[Symbol.asyncDispose]()
  await okta.close()
})
beforeEach(async () => {
  const home = await emptyHome()
  const secret = join(home, 'secret')
  await writeFile(secret, broker.secret, { mode: 0o600 })
  env = { HOME: home, CONNECT_OKTA_IDENTITY_TOKEN: broker.identityToken() }
  deploy = ['--broker', broker.url, '--client', 'deploy']
  payroll = ['--broker', broker.url, '--client', 'payroll', '--client-secret-file', secret]
})

async function statusWith(token: string): Promise<number> {
  const headers = { authorization: `Bearer ${token.trim()}` }
  return (await fetch(new URL('/api/v1/users?limit=1', okta.orgUrl), { headers })).status
}

describe('token --broker', () => {
  it('prints a token, and stores it only if the client has a secret', async () => {
    for (const client of [deploy, payroll]) {
      const { code, stdout } = await run(['token', ...client], env)
      expect(code).toBe(0)
      expect(await statusWith(stdout)).toBe(200)
    }
    const logins = JSON.parse((await run(['status', '--json'], env)).stdout)
    expect(logins).toMatchObject([{ clientId: 'payroll', broker: broker.url }])
  })

  it('gives no token to the next job, which has no identity token or that of another repository', async () => {
    expect(await run(['token', ...deploy], env)).toMatchObject({ code: 0 })
    const other = { ...env, CONNECT_OKTA_IDENTITY_TOKEN: broker.identityToken({ repository_id: '666' }) }
    expect(await run(['token', ...deploy], other)).toMatchObject({ code: 4, stdout: '' })
    expect(await run(['token', ...deploy], { HOME: env.HOME ?? '' })).toMatchObject({ code: 2, stdout: '' })
  })

  it('reads the identity token from a file', async () => {
    const home = env.HOME ?? ''
    await writeFile(join(home, 'identity'), `${broker.identityToken()}\n`)
    const args = ['token', ...deploy, '--identity-token-file', 'identity']
    expect(await run(args, { HOME: home }, { cwd: home })).toMatchObject({ code: 0 })
  })

  it('reads the broker from variables', async () => {
    const variables = { CONNECT_OKTA_BROKER: broker.url, CONNECT_OKTA_CLIENT_ID: 'deploy' }
    expect(await run(['token'], { ...env, ...variables })).toMatchObject({ code: 0 })
  })

  it('gets a token with fewer scopes, and of a named connection', async () => {
    const args = ['token', ...deploy, '--connection', 'users', '--scopes', 'okta.users.read', '--json']
    const { stdout } = await run(args, env)
    expect(JSON.parse(stdout)).toMatchObject({ scopes: ['okta.users.read'], tokenType: 'Bearer' })
  })

  it('prints a credential for kubectl', async () => {
    const { code, stdout } = await run(['token', ...deploy, '--format', 'exec-credential'], env)
    expect(code).toBe(0)
    const { status } = JSON.parse(stdout)
    expect(await statusWith(status.token)).toBe(200)
    expect(Date.parse(status.expirationTimestamp)).toBeGreaterThan(Date.now())
  })

  it('accepts only the org of --tenant', async () => {
    expect(await run(['token', ...deploy, '--tenant', okta.orgUrl.origin], env)).toMatchObject({ code: 0 })
    const other = await run(['token', ...deploy, '--tenant', 'https://other.okta.com'], env)
    expect({ code: other.code, stdout: other.stdout }).toEqual({ code: 2, stdout: '' })
    expect(other.stderr).toContain('other.okta.com')
    expect(other.stderr).toContain(okta.orgUrl.host)
  })

  it('reports that the broker rejects the client, and where the reason is', async () => {
    const variables = { ...env, CONNECT_OKTA_IDENTITY_TOKEN: broker.identityToken({ repository_id: '5678' }) }
    const { code, stdout, stderr } = await run(['token', ...deploy], variables)
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toContain('client rejected')
    expect(stderr).not.toContain('5678')
  })

  it('names both audiences when the identity token is for another one', async () => {
    const variables = { ...env, CONNECT_OKTA_IDENTITY_TOKEN: broker.identityToken({ aud: 'https://sts.example.com' }) }
    const { code, stderr } = await run(['token', ...deploy], variables)
    expect(code).toBe(2)
    expect(stderr).toContain('https://sts.example.com')
    expect(stderr).toContain(broker.url)
  })

  it('prints neither the identity token of GitHub Actions nor the one that requests it with --verbose', async () => {
    await using github = await startGitHubActions()
    const job = github.startJob()
    const { code, stdout, stderr } = await run(['token', ...deploy, '--verbose'], { HOME: env.HOME ?? '', ...job })
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(github.requestedAudiences).toEqual([broker.url])
    expect(stderr).toContain('/jobs/idtoken')
    expect(stderr).not.toContain(job.ACTIONS_ID_TOKEN_REQUEST_TOKEN)
    expect(stderr).not.toContain('eyJ')
  })

  it('lists where the identity token was looked for when there is none', async () => {
    const { code, stderr } = await run(['token', ...deploy], { HOME: env.HOME ?? '' })
    expect(code).toBe(2)
    expect(stderr).toContain('CONNECT_OKTA_IDENTITY_TOKEN_FILE')
  })
})

describe('a profile with a broker', () => {
  it('is saved by login, and used by later commands', async () => {
    const login = await run(['login', '--profile', 'ci', ...deploy, '--connection', 'users'], env)
    expect(login).toMatchObject({ code: 0, stderr: expect.stringContaining(`through ${new URL(broker.url).host}`) })
    const profiles = await readFile(join(env.HOME ?? '', '.config/connect-okta/profiles.yaml'), 'utf8')
    expect(profiles).toContain(`broker: ${broker.url}`)
    expect(profiles).not.toContain(env.CONNECT_OKTA_IDENTITY_TOKEN)
    const { code, stdout } = await run(['token', '--profile', 'ci'], env)
    expect(code).toBe(0)
    expect(await statusWith(stdout)).toBe(200)
    expect((await run(['profiles'], env)).stdout).toContain(broker.url)
  })

  it('is listed by status, and ended by logout', async () => {
    await run(['token', ...payroll], env)
    const status = await run(['status'], env)
    expect(status.stdout).toContain(`${okta.orgUrl.host}  through ${new URL(broker.url).host}  payroll`)
    const logout = await run(['logout', ...payroll], env)
    expect(logout).toMatchObject({ code: 0, stderr: expect.stringContaining('Disconnected payroll at the broker') })
    expect((await run(['status'], env)).stderr).toContain('Not signed in')
  })

  it.each([
    ['--broker', true],
    ['--tenant', false],
  ])('is selected by logout --all %s', async (flag, isEnded) => {
    await run(['token', ...payroll], env)
    const address = flag === '--broker' ? broker.url : 'https://other.okta.com'
    await run(['logout', '--all', flag, address, '--no-revoke'], env)
    const logins = JSON.parse((await run(['status', '--json'], env)).stdout)
    expect(logins).toHaveLength(isEnded ? 0 : 1)
  })

  it('can be ended without the secret', async () => {
    await run(['token', ...payroll], env)
    const { code, stderr } = await run(['logout', '--all'], { HOME: env.HOME ?? '' })
    expect(code).toBe(0)
    expect(stderr).toContain('Deleted the stored token of payroll')
    expect(JSON.parse((await run(['status', '--json'], env)).stdout)).toEqual([])
  })
})
