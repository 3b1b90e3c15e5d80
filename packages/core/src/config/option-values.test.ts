import { describe, expect, it } from 'vitest'
import { rsaKey } from '../../../../scripts/testing/rsa-key.js'
import { parseApiTokenOptions, parseOptions, parseSelection } from './parse-options.js'

const { privateKey, privateJwk } = rsaKey()
const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
const app = { tenant: 'example.okta.com', clientId: '0oa1' }

describe('the authorization server', () => {
  const serverOf = async (authorizationServer: string) =>
    (await parseOptions({ ...app, authorizationServer })).connection.login.authorizationServer

  it.each([
    'aus1',
    ' "aus1" ',
    'oauth2/aus1',
    '/oauth2/aus1/',
    'https://example.okta.com/oauth2/aus1',
    'https://EXAMPLE.okta.com/oauth2/aus1/',
    'https://example-admin.okta.com/oauth2/aus1',
    'https://example.okta.com/oauth2/aus1/v1/token',
    'https://example.okta.com/oauth2/aus1/.well-known/openid-configuration',
    'https://example.okta.com/oauth2/aus1/.well-known/oauth-authorization-server',
  ])('is the id in %s', async text => {
    expect(await serverOf(text)).toBe('aus1')
    expect((await parseSelection({ ...app, authorizationServer: text })).authorizationServer).toBe('aus1')
  })

  it.each(['https://example.okta.com/oauth2/v1/token', 'https://example.okta.com/oauth2/'])(
    'is the one of the org for %s',
    async text => {
      expect(await serverOf(text)).toBeUndefined()
      expect((await parseSelection({ ...app, authorizationServer: text })).authorizationServer).toBeNull()
    },
  )

  it.each([
    ['https://idp.example/', 'https://idp.example/'],
    ['https://idp.example/realms/a/.well-known/openid-configuration', 'https://idp.example/realms/a'],
    ['https://idp.example/.well-known/oauth-authorization-server/realms/a', 'https://idp.example/realms/a'],
  ])('is the issuer in %s', async (text, issuer) => {
    expect(await serverOf(text)).toBe(issuer)
  })
})

describe('a redirect URI', () => {
  const urisOf = async (redirectUri: string, more = {}) => {
    const { grantRequest } = (await parseOptions({ ...app, redirectUri, ...more })).connection
    return grantRequest.type === 'authorization_code' ? grantRequest.redirectUris : []
  }

  it.each(['localhost:8080/login/callback', '"http://localhost:8080/login/callback"'])(
    'is accepted without its scheme and with quotes: %s',
    async text => {
      expect(await urisOf(text)).toEqual(['http://localhost:8080/login/callback'])
    },
  )

  it('is rejected with the right one in the hint when it uses HTTPS on this machine', async () => {
    await expect(urisOf('https://localhost:8080/cb')).rejects.toMatchObject({
      hint: 'The callback listener does not support HTTPS. Register http://localhost:8080/cb and use it.',
    })
  })
})

describe('percent-encoding', () => {
  it('is not a placeholder', async () => {
    const authorizationServer = 'https://idp.example/realms/%C3%A4%C3%B6'
    const { login } = (await parseOptions({ ...app, authorizationServer })).connection
    expect(login.authorizationServer).toBe(authorizationServer)
  })
})

describe('scopes', () => {
  it('may be openid alone for a user, and not for client credentials', async () => {
    const scopes = ['openid', 'profile']
    expect((await parseOptions({ ...app, scopes })).connection.login.scopes).toEqual(['openid'])
    await expect(parseOptions({ ...app, scopes, jsonWebKey: privateJwk })).rejects.toMatchObject({
      message: 'The client credentials grant does not support OpenID Connect scopes: openid profile.',
    })
  })
})

describe('a client ID', () => {
  it.each(['{clientId}', `$\{CLIENT_ID}`, '<client-id>'])(
    'is rejected when it is the placeholder %s',
    async clientId => {
      await expect(parseOptions({ ...app, clientId })).rejects.toMatchObject({
        code: 'options_invalid',
        message: expect.stringContaining('placeholder'),
      })
    },
  )

  it('is read without quotes', async () => {
    expect((await parseOptions({ ...app, clientId: " '0oa1' " })).connection.login.clientId).toBe('0oa1')
  })
})

describe('a secret', () => {
  it.each([
    ['a JWK', JSON.stringify(privateJwk)],
    ['a PEM', pem],
    ['a key in Base64', Buffer.from(pem).toString('base64')],
    ['a JWT', 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJhIn0.c2ln'],
  ])('is rejected before it is sent when it is %s', async (_what, text) => {
    const rejected = {
      code: 'options_invalid',
      message: expect.stringContaining('looks like a private key or a JWT'),
    }
    await expect(parseOptions({ ...app, authorizationServer: 'a', clientSecret: text })).rejects.toMatchObject(rejected)
    expect(() => parseApiTokenOptions({ ...app, apiToken: text })).toThrow(expect.objectContaining(rejected))
  })

  it.each(['SSWS 00abc', 'Authorization: SSWS 00abc', 'ssws  00abc', '"00abc"'])(
    'is the token in %s when it is an API token',
    apiToken => {
      expect(parseApiTokenOptions({ ...app, apiToken }).apiToken).toBe('00abc')
    },
  )
})
