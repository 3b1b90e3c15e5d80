import { writeFile } from 'node:fs/promises'
import { startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { startBroker } from '../../support/broker.test.support.js'
import {
  type BrokerShell,
  connectToBroker as connect,
  secureSecret,
  startBrokerShell,
  readUsers as users,
} from '../../support/broker-shell.test.support.js'
import { describeInPowerShell, Shell } from '../../support/shell.test.support.js'

describeInPowerShell('Connect-Okta -Broker', () => {
  let at: BrokerShell
  let shell: Shell
  beforeAll(async () => {
    at = await startBrokerShell()
    ;({ shell } = at)
  })
  afterAll(() => at[Symbol.asyncDispose]())
  beforeEach(() => at.reset())
  const given = () => at.given

  it('connects only to the org of -Tenant', async () => {
    const { output, errors } = await shell.run(
      `${connect} -Tenant $given.origin
      ${users}
      ${connect} -Tenant example.okta.com`,
      given(),
    )
    expect(output).toEqual(['ACTIVE'])
    expect(errors.map(({ id }) => id)).toEqual(['OktaOptionsInvalid,Connect-Okta'])
    expect(errors[0]?.message).toContain('example.okta.com')
    expect(errors[0]?.message).toContain(at.okta.orgUrl.host)
  })

  it('stays with its org in every runspace when the connection of the broker changes to another one', async () => {
    // Another Node process finds no token in the store.
    await using own = await Shell.start({ CONNECT_OKTA_STORE: 'memory' })
    const script = `Connect-Okta -Broker $given.broker -ClientId payroll -ClientSecret ${secureSecret}`
    const before = await startBroker(at.okta)
    const given = { ...at.given, broker: before.url }
    expect((await own.run(`${script}\n${users}`, given)).output).toEqual(['ACTIVE'])
    await before[Symbol.asyncDispose]()
    await using other = await startOktaEmulator({ clients: [{ kind: 'service', scopes: ['okta.users.read'] }] })
    await using _after = await startBroker(other, undefined, Number(new URL(before.url).port))
    const { errors } = await own.runInNewRunspace(`$null = Get-OktaAccessToken\n${users}`)
    expect(errors[0]?.id).toBe('OktaOptionsInvalid,Get-OktaAccessToken')
    expect(errors[0]?.message).toContain(other.orgUrl.host)
    expect(other.requests.filter(({ path }) => path.startsWith('/api/'))).toEqual([])
  })

  it('rejects two credentials, an empty address and no client', async () => {
    const { errors } = await shell.run(
      `Connect-Okta -Broker $given.broker -ClientId deploy -IdentityTokenFile $given.file -ClientSecret ${secureSecret}
      Connect-Okta -Broker $given.broker -ClientId signer -JsonWebKey $given.jwk -ClientSecret ${secureSecret}
      Connect-Okta -Broker '' -ClientId deploy -IdentityTokenFile $given.file
      Connect-Okta -Broker $given.broker
      Connect-Okta -Broker $given.broker -ClientId deploy -Credential ([pscredential]::new('deploy', ${secureSecret}))`,
      given(),
    )
    expect(errors.map(({ id, message }) => `${id.split(',')[0]}: ${message}`)).toEqual([
      'OktaOptionsInvalid: -ClientSecret and -IdentityTokenFile cannot be used together.',
      'OktaOptionsInvalid: -ClientSecret and -JsonWebKey cannot be used together.',
      expect.stringContaining('ParameterArgumentValidationErrorEmptyStringNotAllowed: '),
      'OktaOptionsInvalid: -ClientId is missing.',
      'OktaOptionsInvalid: -ClientId and -Credential cannot be used together.',
    ])
  })

  it('is tested by Test-OktaConnection', async () => {
    const { output, errors } = await shell.run(
      `Test-OktaConnection -Broker $given.broker -ClientId deploy -IdentityTokenFile $given.file |
        Where-Object Outcome -eq failure
      Test-OktaConnection -Broker $given.broker -ClientId payroll -Quiet
      ${connect}
      Test-OktaConnection -Quiet`,
      given(),
    )
    expect({ output, errors }).toEqual({ output: [false, true], errors: [] })
  })

  it('reports the audiences, and not the token, when the identity token is for another server', async () => {
    const token = at.broker.identityToken({ aud: 'https://other.example.com' })
    await writeFile(at.tokenFile, token)
    const { errors } = await shell.run(connect, given())
    expect(errors).toEqual([expect.objectContaining({ id: 'OktaOptionsInvalid,Connect-Okta' })])
    expect(errors[0]?.message).toContain('https://other.example.com')
    expect(errors[0]?.message).toContain(at.broker.url)
    expect(JSON.stringify(errors)).not.toContain(token)
  })

  it('reports a client that the broker rejects', async () => {
    await writeFile(at.tokenFile, at.broker.identityToken({ project_id: '8' }))
    const { errors } = await shell.run(connect, given())
    expect(errors).toEqual([
      expect.objectContaining({ id: 'OktaClientRejected,Connect-Okta', target: new URL(at.broker.url).origin }),
    ])
  })
})
