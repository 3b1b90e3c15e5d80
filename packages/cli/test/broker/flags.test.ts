import { describe, expect, it } from 'vitest'
import { emptyHome, run } from '../support/run.test.support.js'

const broker = ['--broker', 'https://broker.example.com', '--client', 'deploy']

describe('--broker', () => {
  it.each([
    ['token', ['--interactive'], '--interactive'],
    ['token', ['--dpop', 'always'], '--dpop'],
    ['token', ['--authorization-server', 'default'], '--authorization-server'],
    ['token', ['--grant', 'device_code'], '--grant device_code'],
    ['token', ['--api-token-file', 'token'], '--api-token-file'],
    ['login', ['--device'], '--device'],
    ['login', ['--manual'], '--manual'],
    ['login', ['--login-hint', 'ada@example.com'], '--login-hint'],
    ['login', ['--redirect-uri', 'http://localhost:8080/login/callback'], '--redirect-uri'],
  ])('is rejected by %s together with %j', async (command, flags, named) => {
    const { code, stderr } = await run([command, ...broker, ...flags], { HOME: await emptyHome() })
    expect(code).toBe(2)
    expect(stderr).toContain(named)
    expect(stderr).toContain('cannot be combined')
  })

  it.each([
    ['token', ['--connection', 'users'], '--connection'],
    ['api', ['GET', 'https://example.okta.com/api/v1/users', '--connection', 'users'], '--connection'],
    ['login', ['--identity-token-file', 'token'], '--identity-token-file'],
    ['doctor', ['--identity-token-file', 'token'], '--identity-token-file'],
  ])('is required by %s %j', async (command, args, named) => {
    const flags = ['--tenant', 'example.okta.com', '--client-id', '0oa1']
    const { code, stderr } = await run([command, ...args, ...flags], { HOME: await emptyHome() })
    expect(code).toBe(2)
    expect(stderr).toContain(`${named} has no effect without a broker.`)
  })

  it('requires a client', async () => {
    const args = ['--broker', 'https://broker.example.com']
    for (const command of ['token', 'login']) {
      const { code, stderr } = await run([command, ...args], { HOME: await emptyHome() })
      expect(code).toBe(2)
      expect(stderr).toContain('client')
    }
  })

  it.each([
    ['http://broker.example.com', 'HTTPS'],
    ['https://broker.example.com/oauth2/token', 'https://broker.example.com'],
  ])('rejects the address %s', async (address, message) => {
    const { code, stderr } = await run(['token', '--broker', address, '--client', 'deploy'], {
      HOME: await emptyHome(),
      CONNECT_OKTA_IDENTITY_TOKEN: 'x',
    })
    expect(code).toBe(2)
    expect(stderr).toContain(message)
  })
})
