import { describe, expect, it } from 'vitest'
import { endpointsOf, parseTenant, requiredEndpoint } from './tenant.js'

describe('parseTenant', () => {
  it.each([
    ['example.okta.com', 'https://example.okta.com'],
    ['  Example.OKTA.com\n', 'https://example.okta.com'],
    ['HTTPS://Example.OKTA.com/', 'https://example.okta.com'],
    ['https://login.example.org', 'https://login.example.org'],
    ['https://login.example.org:8443', 'https://login.example.org:8443'],
    ['example.oktapreview.com', 'https://example.oktapreview.com'],
    ['example.okta-emea.com', 'https://example.okta-emea.com'],
    ['example.okta-gov.com', 'https://example.okta-gov.com'],
    ['example.okta.mil', 'https://example.okta.mil'],
    ['my-admin.example.org', 'https://my-admin.example.org'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://localhost:8080', 'http://localhost:8080'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    ['bücher.example', 'https://xn--bcher-kva.example'],
    ['"example.okta.com"', 'https://example.okta.com'],
    ["'https://example.okta.com'", 'https://example.okta.com'],
    ['“example.okta.com”', 'https://example.okta.com'],
    ['\u200Bexample.okta.com\uFEFF', 'https://example.okta.com'],
    ['example.okta.com.', 'https://example.okta.com'],
    ['<https://example.okta.com>', 'https://example.okta.com'],
    ['example.okta.com,', 'https://example.okta.com'],
    ['https:/example.okta.com', 'https://example.okta.com'],
    ['https//example.okta.com', 'https://example.okta.com'],
    ['https:///example.okta.com', 'https://example.okta.com'],
    ['//example.okta.com', 'https://example.okta.com'],
    ['http:/localhost:8080', 'http://localhost:8080'],
    ['https://example.okta.com/admin/dashboard', 'https://example.okta.com'],
    ['https://example.okta.com/app/UserHome?session_hint=x#top', 'https://example.okta.com'],
    ['https://example.okta.com/.well-known/openid-configuration', 'https://example.okta.com'],
    ['https://example.okta.com/oauth2/v1/token', 'https://example.okta.com'],
    ['example.okta.com/api/v1/', 'https://example.okta.com'],
  ])('accepts %j', (tenant, origin) => {
    expect(parseTenant(tenant).origin).toBe(origin)
  })

  it.each([
    ['', 'missing'],
    ['   ', 'missing'],
    ['example', 'not a host name'],
    ['exa mple.okta.com', 'not a host name'],
    ['example.okta.com\\evil.example', 'not a host name'],
    ['exam\tple.okta.com', 'not a host name'],
    ['-example.okta.com', 'not a host name'],
    ['example..okta.com', 'not a host name'],
    ['ftp://example.okta.com', 'not a host name'],
    ['javascript:alert(1)', 'not a host name'],
    ['https://', 'not a host name'],
    ['https://example.okta.com/oauth2/default', 'path'],
    ['example.okta.com?x=1', 'path'],
    ['example.okta.com#x', 'path'],
    ['http://example.okta.com', 'does not use HTTPS'],
    ['http://127.0.0.1.example.com', 'does not use HTTPS'],
    ['https://localhost.', 'not a host name'],
    ['https://admin@example.okta.com', 'username'],
    ['https://:hunter22@example.okta.com', 'username'],
    ['x https://example.okta.com', 'not a host name'],
    ['xhttps://example.okta.com', 'not a host name'],
    ['https://example_1.okta.com', 'not a host name'],
    ['https://example.okta-.com', 'not a host name'],
    [`${'a'.repeat(64)}.okta.com`, 'not a host name'],
    [`${'a.'.repeat(127)}example`, 'not a host name'],
  ])('rejects %j', (tenant, reason) => {
    expect(() => parseTenant(tenant)).toThrow(
      expect.objectContaining({ code: 'options_invalid', message: expect.stringContaining(reason) }),
    )
  })

  it.each([
    ['example-admin.okta.com', 'example.okta.com'],
    ['https://example-admin.oktapreview.com', 'example.oktapreview.com'],
    ['example-admin.okta-emea.com', 'example.okta-emea.com'],
    ['example-admin.okta-gov.com', 'example.okta-gov.com'],
    ['example-admin.okta.mil', 'example.okta.mil'],
  ])('suggests the org URL for the admin console URL %s', (tenant, org) => {
    expect(() => parseTenant(tenant)).toThrow(
      expect.objectContaining({ code: 'options_invalid', hint: `Use ${org} instead.` }),
    )
  })

  it.each([
    ['https://example-admin.okta.com/admin/dashboard', 'example.okta.com'],
    ['https:/example-admin.okta.com/admin/apps?x=1', 'example.okta.com'],
    ['http://example-admin.okta.com', 'example.okta.com'],
    ['https://example-admin.okta.com/oauth2/default/', 'example.okta.com'],
    ['https://example.okta.com/oauth2/default/.well-known/openid-configuration', 'example.okta.com'],
    ['https://example.okta.com/oauth2/aus1/v1/token', 'example.okta.com'],
    ['http://example.okta.com/admin', 'https://example.okta.com'],
    ['https://example.okta.com/some/page', 'example.okta.com'],
    ['Example', 'example.okta.com'],
    ['example-admin', 'example.okta.com'],
  ])('suggests a tenant that is accepted for %s', (tenant, suggestion) => {
    const rejected = expect.objectContaining({ code: 'options_invalid', hint: expect.stringContaining(suggestion) })
    expect(() => parseTenant(tenant)).toThrow(rejected)
    expect(parseTenant(suggestion).origin).toBe('https://example.okta.com')
  })

  it('names the custom authorization server in an issuer', () => {
    expect(() => parseTenant('https://example.okta.com/oauth2/aus1/')).toThrow(
      expect.objectContaining({
        hint: 'Use example.okta.com as the tenant, and aus1 as the authorization server.',
      }),
    )
  })

  it.each(['https://{yourOktaDomain}', `$\{ORG}.okta.com`, '<your-org>.okta.com'])(
    'names a placeholder: %s',
    tenant => {
      expect(() => parseTenant(tenant)).toThrow(/placeholder/)
    },
  )

  it('does not show a key that is given as the tenant', () => {
    const act = () => parseTenant('{"kty":"EC","d":"the-secret"}')
    expect(act).toThrow(expect.objectContaining({ code: 'options_invalid' }))
    expect(act).not.toThrow(/the-secret/)
  })

  it.each([
    ['a text that is too long for a host name', 'a'.repeat(61), false],
    ['an invalid host name', 'a'.repeat(31), true],
    ['a text that may be a token', 'a'.repeat(32), false],
    ['a text with quotes', 'a"b', false],
  ])('shows an invalid tenant only when it cannot be a secret: %s', (_what, tenant, isShown) => {
    let message = ''
    try {
      parseTenant(tenant)
    } catch (error) {
      message = (error as Error).message
    }
    expect(message.includes(tenant)).toBe(isShown)
  })

  it('does not show a password in the URL', () => {
    const act = () => parseTenant('https://admin:hunter22@example.okta.com')
    expect(act).toThrow(expect.objectContaining({ code: 'options_invalid' }))
    expect(act).not.toThrow(/hunter22/)
  })
})

describe('endpointsOf', () => {
  const oktaEndpoints = (...args: Parameters<typeof endpointsOf>) => {
    const endpoints = endpointsOf(...args)
    if (endpoints === undefined) throw new Error('discovery is required')
    return endpoints
  }

  it('returns the endpoints of the org authorization server', () => {
    const { issuer, token, revoke } = oktaEndpoints(parseTenant('example.okta.com'))
    expect(issuer).toBe('https://example.okta.com')
    expect(token.href).toBe('https://example.okta.com/oauth2/v1/token')
    expect(revoke?.href).toBe('https://example.okta.com/oauth2/v1/revoke')
  })

  it.each([
    'https://example.okta.com/oauth2/default',
    'https://idp.example',
    'http://127.0.0.1:8080/x',
    'http://[::1]',
  ])('returns undefined for the issuer %s, which requires discovery', issuer =>
    expect(endpointsOf(parseTenant('example.okta.com'), issuer)).toBeUndefined(),
  )

  // The result is a URL of the org, even though Okta has no such id.
  it.each([
    'http://idp.example',
    'https://idp.example?x=1',
    'https://idp.example/ x',
    'x https://idp.example',
    'https://',
  ])('does not accept %s as an issuer', text =>
    expect(oktaEndpoints(parseTenant('example.okta.com'), text).issuer).toMatch(/^https:\/\/example\.okta\.com\//),
  )

  it('reports an endpoint that the authorization server lacks', () => {
    const { issuer, token } = oktaEndpoints(parseTenant('example.okta.com'))
    expect(() => requiredEndpoint({ issuer, token } as never, 'revoke')).toThrow(
      expect.objectContaining({ code: 'oauth_failed', hint: expect.stringContaining('grant') }),
    )
  })

  it('returns the endpoints of a custom authorization server', () => {
    const { issuer, token } = oktaEndpoints(parseTenant('example.okta.com'), 'default')
    expect(issuer).toBe('https://example.okta.com/oauth2/default')
    expect(token.href).toBe('https://example.okta.com/oauth2/default/v1/token')
  })
})
