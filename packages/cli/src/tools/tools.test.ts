import { describe, expect, it } from 'vitest'
import { canUseToken, toolVariables } from './child-environment.js'
import { chooseTools } from './tools.js'

const org = { orgUrl: new URL('https://example.okta.com'), token: 'not-a-real-token' }
const bearer = {
  OKTA_CLIENT_ORGURL: 'https://example.okta.com',
  OKTA_CLIENT_TOKEN: 'not-a-real-token',
  OKTA_CLIENT_AUTHORIZATIONMODE: 'Bearer',
}

describe('toolVariables', () => {
  it.each([
    ['terraform', { OKTA_ORG_NAME: 'example', OKTA_BASE_URL: 'okta.com', OKTA_ACCESS_TOKEN: 'not-a-real-token' }],
    ['okta-sdk', bearer],
    ['okta-sdk-go', bearer],
    ['okta-sdk-python', bearer],
    ['okta-cli-client', bearer],
    [
      'okta-sdk-dotnet',
      {
        OKTA_CLIENT_OKTADOMAIN: 'https://example.okta.com',
        OKTA_CLIENT_ACCESSTOKEN: 'not-a-real-token',
        OKTA_CLIENT_AUTHORIZATIONMODE: 'BearerToken',
      },
    ],
    ['shell', { OKTA_ORG_URL: 'https://example.okta.com', OKTA_ACCESS_TOKEN: 'not-a-real-token' }],
    ['env:TOKEN', { TOKEN: 'not-a-real-token' }],
  ])('gives %s the token in the variables that it reads', (name, expected) => {
    const tools = chooseTools([name], undefined)
    expect(canUseToken(tools, org)).toBe(true)
    expect(toolVariables(tools, org)).toEqual(expected)
  })

  it('gives several tools what each reads', () => {
    const tools = chooseTools(['terraform', 'okta-sdk'], undefined)
    expect(toolVariables(tools, org)).toMatchObject({ OKTA_ORG_NAME: 'example', ...bearer })
  })

  it.each([
    ['okta-sdk-nodejs', 'https://example.okta.com'],
    ['terraform', 'https://localhost:8443'],
    ['okta-sdk-go', 'http://example.okta.com'],
  ])('gives %s no token that it cannot use with %s', (name, orgUrl) => {
    expect(canUseToken(chooseTools([name], undefined), { ...org, orgUrl: new URL(orgUrl) })).toBe(false)
  })
})

describe('chooseTools', () => {
  it.each(['terraform', '/usr/local/bin/terraform', 'C:\\tools\\Terraform.exe', './tofu'])(
    'knows the tool from the program %s',
    program => {
      expect(chooseTools(undefined, program)).toMatchObject([{ name: 'terraform' }])
    },
  )

  it('uses the named tool for a known program', () => {
    expect(chooseTools(['env:TF_VAR_token'], 'terraform')).toMatchObject([{ name: 'env:TF_VAR_token' }])
  })
})
