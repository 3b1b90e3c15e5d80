import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker, type TestBroker } from '../support/broker.test.support.js'
import { emptyHome, run } from '../support/run.test.support.js'

let okta: OktaEmulator
let broker: TestBroker

beforeAll(async () => {
  okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
  broker = await startBroker(okta)
})
afterAll(async () => {
  await broker[Symbol.asyncDispose]()
  await okta.close()
})

async function doctor(identityToken: string | undefined, ...args: string[]) {
  const HOME = await emptyHome()
  const variables = identityToken === undefined ? {} : { CONNECT_OKTA_IDENTITY_TOKEN: identityToken }
  return await run(['doctor', '--broker', broker.url, ...args], { HOME, ...variables })
}

describe('doctor --broker', () => {
  it('checks the broker, the identity token and the client', async () => {
    const { code, stdout, stderr } = await doctor(broker.identityToken(), '--client', 'deploy')
    expect(code).toBe(0)
    for (const check of ['broker', 'metadata', 'identity token', 'client', 'readiness'])
      expect(stdout).toMatch(new RegExp(`^ok +${check} `, 'm'))
    expect(stdout).toContain('repository_id')
    expect(stderr).toMatch(/All checks passed|No failures/)
  })

  it('shows no part of the identity token', async () => {
    const token = broker.identityToken()
    const { stdout, stderr } = await doctor(token, '--client', 'deploy', '--verbose')
    const [, , signature = ''] = token.split('.')
    expect(stdout + stderr).not.toContain(signature)
  })

  it('ends with the exit code of a rejection when the rule does not match', async () => {
    const { code, stdout } = await doctor(
      broker.identityToken({ repository_id: '5678' }),
      '--client',
      'deploy',
      '--json',
    )
    expect(code).toBe(4)
    const failed = JSON.parse(stdout).filter(({ outcome }: { outcome: string }) => outcome === 'failure')
    expect(failed).toMatchObject([{ check: 'client', fix: expect.stringContaining('log of the broker') }])
  })

  it('ends with the exit code of invalid input when the identity token has another audience', async () => {
    const { code, stdout } = await doctor(
      broker.identityToken({ aud: 'https://sts.example.com' }),
      '--client',
      'deploy',
    )
    expect(code).toBe(2)
    expect(stdout).toMatch(/^failure +identity token .*sts\.example\.com/m)
  })

  it('checks the identity token without a client', async () => {
    const { code, stdout } = await doctor(broker.identityToken())
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ok +identity token /m)
    expect(stdout).toMatch(/^skipped +client /m)
  })
})
