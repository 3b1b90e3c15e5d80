import { describe, expect, it } from 'vitest'
import { proxyFor } from './proxy-settings.js'

const org = new URL('https://example.okta.com/oauth2/v1/token')
const HTTPS_PROXY = 'http://proxy.example:3128'

describe('proxyFor', () => {
  it.each([
    ['http://proxy.example:3128', 'http://proxy.example:3128/'],
    ['proxy.example:3128', 'http://proxy.example:3128/'],
    ['"http://proxy.example:3128"', 'http://proxy.example:3128/'],
    ['ann:word@proxy.example:3128', 'http://ann:word@proxy.example:3128/'],
    ['http://ann:100%@proxy.example:3128', 'http://ann:100%25@proxy.example:3128/'],
    ['http://ann:a%40b@proxy.example:3128', 'http://ann:a%40b@proxy.example:3128/'],
    ['https://proxy.example', 'https://proxy.example/'],
  ])('accepts %s', (text, href) => {
    expect(proxyFor(org, { HTTPS_PROXY: text })?.href).toBe(href)
  })

  it('uses ALL_PROXY when HTTPS_PROXY is not set, and lower case first', () => {
    expect(proxyFor(org, { ALL_PROXY: 'all.example:1' })?.host).toBe('all.example:1')
    expect(proxyFor(org, { ALL_PROXY: 'all.example:1', HTTPS_PROXY })?.host).toBe('proxy.example:3128')
    expect(proxyFor(org, { https_proxy: 'lower.example:1', HTTPS_PROXY })?.host).toBe('lower.example:1')
    expect(proxyFor(org, { https_proxy: '', HTTPS_PROXY })?.host).toBe('proxy.example:3128')
    expect(proxyFor(new URL('http://localhost:8080'), { HTTPS_PROXY })).toBeUndefined()
  })

  it.each(['socks5://127.0.0.1:1080', 'socks5h://127.0.0.1:1080', 'SOCKS://127.0.0.1:1080'])(
    'rejects the SOCKS proxy %s by the name of its variable',
    ALL_PROXY => {
      expect(() => proxyFor(org, { ALL_PROXY })).toThrow(
        expect.objectContaining({
          code: 'options_invalid',
          message: expect.stringContaining('ALL_PROXY names a SOCKS'),
        }),
      )
      expect(proxyFor(org, { ALL_PROXY, NO_PROXY: '.okta.com' })).toBeUndefined()
    },
  )

  it('rejects a placeholder by the name of its variable', () => {
    expect(() => proxyFor(org, { HTTPS_PROXY: `$\{PROXY}` })).toThrow(/HTTPS_PROXY contains an unresolved placeholder/)
  })

  it.each([
    'http://ann:secret-word@proxy.example:port',
    'http://ann:secret/word@proxy.example:3128',
    'http://ann:secret#word@proxy.example',
    'ftp://ann:secret-word@proxy.example',
    'http://ann:secret%ffword@proxy.example',
  ])('rejects %s without showing the password', text => {
    expect(() => proxyFor(org, { HTTPS_PROXY: text })).toThrow(expect.objectContaining({ code: 'options_invalid' }))
    expect(() => proxyFor(org, { HTTPS_PROXY: text })).not.toThrow(/secret/)
  })

  it.each<[string, string, boolean]>([
    ['example.okta.com', 'https://example.okta.com', true],
    ['okta.com', 'https://example.okta.com', true],
    ['.okta.com', 'https://example.okta.com', true],
    ['*.okta.com', 'https://example.okta.com', true],
    ['*', 'https://example.okta.com', true],
    ['other.example;EXAMPLE.okta.com', 'https://example.okta.com', true],
    ['a.example b.example,example.okta.com:443', 'https://example.okta.com', true],
    ['example.okta.com:8443', 'https://example.okta.com', false],
    ['ample.okta.com', 'https://example.okta.com', false],
    ['10.0.0.0/8', 'https://10.1.2.3', true],
    ['10.0.0.0/8', 'https://11.1.2.3', false],
    ['10.1.2.3', 'https://10.1.2.3:8443', true],
    ['10.1.2.3:443', 'https://10.1.2.3:8443', false],
    ['10.0.0.0/99', 'https://10.1.2.3', false],
    ['::1', 'https://[::1]:8443', true],
    ['[::1]', 'https://[::1]', true],
    ['[::1]:8443', 'https://[::1]:8443', true],
    ['[::1]:8443', 'https://[::1]', false],
    ['fd00::/8', 'https://[fd12::1]', true],
    ['127.0.0.1', 'https://[::1]', false],
    ['localhost,127.0.0.1,::1', 'https://localhost:8443', true],
    ['', 'https://example.okta.com', false],
  ])('reads NO_PROXY=%s for %s', (NO_PROXY, url, isExcluded) => {
    expect(proxyFor(new URL(url), { HTTPS_PROXY, NO_PROXY }) === undefined).toBe(isExcluded)
  })
})
