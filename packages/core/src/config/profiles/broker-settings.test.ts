import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { useTestHome } from '../../../test/support/test-home.test.support.js'
import { isHeadless } from '../is-headless.js'
import { requireConnectOptions } from '../require-connect-options.js'
import { connectOptionsOf } from './connect-options-of.js'
import { readSettings } from './read-settings.js'

const home = useTestHome()
const broker = 'https://broker.example.com'
const writeProfiles = (text: string) => home.write('config/profiles.yaml', text)
const optionsIn = async (variables: Record<string, string>, given = {}) =>
  await connectOptionsOf(await readSettings(given, {}, home.environment(variables)), {
    environment: home.environment(variables),
  })

describe('the settings of a broker', () => {
  it('come from a profile, with a path that counts from its folder', async () => {
    await writeProfiles(
      `default: ci\nprofiles:\n  ci: { broker: "${broker}", clientId: deploy, connection: users, identityTokenFile: token }\n`,
    )
    const options = await optionsIn({})
    expect(options).toEqual({
      broker,
      clientId: 'deploy',
      connection: 'users',
      identityTokenFile: join(home.path, 'config', 'token'),
    })
    expect(isHeadless(options)).toBe(true)
    expect(requireConnectOptions(options)).toEqual(options)
  })

  it('come from variables', async () => {
    const variables = {
      CONNECT_OKTA_BROKER: broker,
      CONNECT_OKTA_CONNECTION: 'users',
      CONNECT_OKTA_CLIENT_ID: 'deploy',
      CONNECT_OKTA_IDENTITY_TOKEN_FILE: '/run/token',
      CONNECT_OKTA_IDENTITY_TOKEN: 'a-token',
    }
    expect(await optionsIn(variables)).toEqual({
      broker,
      connection: 'users',
      clientId: 'deploy',
      identityTokenFile: '/run/token',
    })
  })

  it.each([
    ['a variable for an org', { CONNECT_OKTA_TENANT: 'example.okta.com', CONNECT_OKTA_CLIENT_SECRET: 'of-the-app' }],
    [
      'a variable for another broker',
      { CONNECT_OKTA_BROKER: 'https://other.example.com', CONNECT_OKTA_CLIENT_SECRET: 's' },
    ],
    ['an API token of an SDK', { OKTA_CLIENT_ORGURL: 'https://example.okta.com', OKTA_CLIENT_TOKEN: '00token' }],
    ['an API token without an org', { OKTA_CLIENT_TOKEN: '00token' }],
  ])('are not mixed with %s', async (_what, variables) => {
    expect(await optionsIn(variables as Record<string, string>, { broker, clientId: 'deploy' })).toEqual({
      broker,
      clientId: 'deploy',
    })
  })

  it('are not mixed into the settings of an org', async () => {
    const variables = { CONNECT_OKTA_BROKER: broker, CONNECT_OKTA_CLIENT_SECRET: 'of-the-client' }
    expect(await optionsIn(variables, { tenant: 'example.okta.com' })).toEqual({ tenant: 'example.okta.com' })
    const file = { CONNECT_OKTA_IDENTITY_TOKEN_FILE: '/run/token', CONNECT_OKTA_CONNECTION: 'users' }
    expect(await optionsIn(file, { tenant: 'example.okta.com' })).toEqual({ tenant: 'example.okta.com' })
  })

  it('do not send a secret in a variable to a broker that only the default profile names', async () => {
    await writeProfiles(`default: ci\nprofiles:\n  ci: { broker: "${broker}", clientId: deploy }\n`)
    await expect(optionsIn({ CONNECT_OKTA_CLIENT_SECRET: 'a-secret' })).rejects.toMatchObject({
      code: 'options_invalid',
      message: expect.stringContaining('profile ci'),
    })
  })

  it('need a client, and a variable with a similar name is rejected', async () => {
    await expect(async () =>
      requireConnectOptions(await optionsIn({ CONNECT_OKTA_BROKER: broker })),
    ).rejects.toMatchObject({
      code: 'options_invalid',
      hint: expect.stringContaining('name of the client'),
    })
    await expect(optionsIn({ CONNECT_OKTA_BROKER_URL: broker })).rejects.toMatchObject({
      hint: expect.stringContaining('CONNECT_OKTA_BROKER'),
    })
  })
})
