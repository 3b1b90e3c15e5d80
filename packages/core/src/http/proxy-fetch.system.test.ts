import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createPrivateCertificate, type PrivateCertificate } from '../../../../scripts/testing/private-certificate.js'
import { newFolder } from '../../test/support/new-folder.test.support.js'
import { core, runProgram } from '../../test/support/run-program.test.support.js'
import { startTunnelProxy, type TunnelProxy } from '../../test/support/tunnel-proxy.test.support.js'
import type { OktaConnectError } from '../index.js'
import { boundedFetch } from './bounded-fetch.js'
import { proxyFetch } from './proxy-fetch.js'

let certificate: PrivateCertificate
let okta: OktaEmulator
let proxy: TunnelProxy

beforeAll(async () => {
  certificate = createPrivateCertificate()
  okta = await startOktaEmulator({ tls: certificate })
  proxy = await startTunnelProxy()
})
afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  await okta.close()
})
beforeEach(() => {
  proxy.tunnels.length = 0
  proxy.credentials = undefined
  proxy.challenges = []
})

/** Connects in a child process, because Node reads some variables only at its start. Returns the printed outcome. */
async function connectIn(
  environment: Record<string, string>,
): Promise<{ status?: number; code?: string; text?: string }> {
  const { clientId, jwk } = okta.client('service')
  const keyPath = join(await newFolder(), 'key.json')
  await writeFile(keyPath, JSON.stringify(jwk), { mode: 0o600 })
  const script = `
    import { readFile } from 'node:fs/promises'
    import { connect } from ${core}
    const jsonWebKey = await readFile(${JSON.stringify(keyPath)}, 'utf8')
    try {
      const options = { tenant: ${JSON.stringify(okta.orgUrl.origin)}, clientId: ${JSON.stringify(clientId)}, jsonWebKey }
      const session = await connect({ ...options, scopes: ['okta.users.read'] })
      const response = await session.fetch('/api/v1/users')
      await response.text()
      await session.disconnect()
      console.log(JSON.stringify({ status: response.status }))
    } catch (error) {
      console.log(JSON.stringify({ code: error.code, text: error.message + ' ' + error.hint }))
    }`
  return JSON.parse(await runProgram(script, { env: environment }))
}

describe('a private certificate authority', () => {
  it('is not trusted by default, and the error names the variables to set', async () => {
    expect(await connectIn({})).toEqual({
      code: 'tls_untrusted',
      text: expect.stringMatching(/UNABLE_TO_VERIFY_LEAF_SIGNATURE.*NODE_EXTRA_CA_CERTS.*SSL_CERT_FILE/),
    })
  })

  it.each(['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'])('is trusted when %s names its file', async variable => {
    expect(await connectIn({ [variable]: certificate.authorityPath })).toEqual({ status: 200 })
  })

  it('is trusted when only one of the two variables names it', async () => {
    const other = createPrivateCertificate().authorityPath
    const both = { NODE_EXTRA_CA_CERTS: certificate.authorityPath, SSL_CERT_FILE: other }
    expect(await connectIn(both)).toEqual({ status: 200 })
  })

  it('is reported with its path when its file cannot be read', async () => {
    expect(await connectIn({ SSL_CERT_FILE: '/nowhere/ca.pem' })).toMatchObject({
      code: 'options_invalid',
      text: expect.stringContaining('/nowhere/ca.pem'),
    })
  })
})

describe('a file of certificates', () => {
  const convert = async (name: string, ...args: string[]) => {
    const path = join(await newFolder(), name)
    execFileSync('openssl', [...args, '-in', certificate.authorityPath, '-out', path], { stdio: 'ignore' })
    return path
  }

  it('may be DER or UTF-16', async () => {
    const utf16 = join(await newFolder(), 'ca.pem')
    await writeFile(utf16, `\uFEFF${certificate.authority}`, 'utf16le')
    for (const path of [await convert('ca.cer', 'x509', '-outform', 'DER'), utf16]) {
      expect(await connectIn({ SSL_CERT_FILE: path })).toEqual({ status: 200 })
    }
  })

  it.each(['empty', 'PKCS#7', 'a key'])('is reported when it has no certificate: %s', async form => {
    const path =
      form === 'PKCS#7'
        ? await convert('ca.p7b', 'crl2pkcs7', '-nocrl', '-certfile', certificate.authorityPath)
        : join(await newFolder(), 'ca.pem')
    if (form !== 'PKCS#7') await writeFile(path, form === 'empty' ? '' : certificate.key)
    expect(await connectIn({ SSL_CERT_FILE: path })).toMatchObject({
      code: 'options_invalid',
      text: expect.stringMatching(/contains no certificate that can be read/),
    })
  })
})

describe('a certificate', () => {
  it.each([
    ['that has expired', { days: -1 }, /has expired \(CERT_HAS_EXPIRED\).*clock/],
    ['for another name', { names: 'DNS:other.example' }, /is not valid for this host name .*spelling of the tenant/],
  ])('%s is not blamed on a missing authority', async (_what, options, text) => {
    const wrong = createPrivateCertificate(options)
    await using org = await startOktaEmulator({ tls: wrong })
    const send = boundedFetch(
      proxyFetch(fetch, () => ({ SSL_CERT_FILE: wrong.authorityPath })),
      { requestTimeoutMs: 10_000, signal: undefined },
    )
    const error: OktaConnectError = await send(org.orgUrl.href, {}).then(
      () => expect.unreachable(),
      caught => caught,
    )
    expect(error.code).toBe('tls_untrusted')
    expect(`${error.message} ${error.hint}`).toMatch(text)
    expect(error.hint).not.toContain('NODE_EXTRA_CA_CERTS')
  })
})

describe('a proxy', () => {
  const trustingEnvironment = () => ({ NODE_EXTRA_CA_CERTS: certificate.authorityPath })

  it.each(['HTTPS_PROXY', 'https_proxy'])('is used for every request when %s names it', async variable => {
    expect(await connectIn({ ...trustingEnvironment(), [variable]: proxy.url })).toEqual({ status: 200 })
    expect(new Set(proxy.tunnels)).toEqual(new Set([okta.orgUrl.host]))
    expect(proxy.tunnels.length).toBeGreaterThan(0)
  })

  it('is used together with a private certificate authority', async () => {
    const environment = { SSL_CERT_FILE: certificate.authorityPath, HTTPS_PROXY: proxy.url }
    expect(await connectIn(environment)).toEqual({ status: 200 })
    expect(proxy.tunnels.length).toBeGreaterThan(0)
  })

  it.each(['NO_PROXY', 'no_proxy'])('is not used for a host that %s names', async variable => {
    const environment = { ...trustingEnvironment(), HTTPS_PROXY: proxy.url, [variable]: 'other.example, 127.0.0.1' }
    expect(await connectIn(environment)).toEqual({ status: 200 })
    expect(proxy.tunnels).toEqual([])
  })

  it('receives the username and password of its URL', async () => {
    const credentials = 'ann:a-proxy-password'
    proxy.credentials = credentials
    const url = proxy.url.replace('//', `//${credentials}@`)
    expect(await connectIn({ ...trustingEnvironment(), HTTPS_PROXY: url })).toEqual({ status: 200 })
    const rejected = await connectIn({ ...trustingEnvironment(), HTTPS_PROXY: url.replace('a-proxy', 'a-wrong-proxy') })
    expect(rejected).toEqual({ code: 'network_failed', text: expect.stringMatching(/HTTP 407.*NAME:PASSWORD@/) })
    expect(rejected.text).not.toContain('a-wrong-proxy')
  })

  it('is named in the error when it is unreachable', async () => {
    expect(await connectIn({ ...trustingEnvironment(), HTTPS_PROXY: 'http://127.0.0.1:1' })).toEqual({
      code: 'network_failed',
      text: expect.stringMatching(/The proxy 127\.0\.0\.1:1 cannot connect to.*Check HTTPS_PROXY.*NO_PROXY/),
    })
  })

  it('is not named in the error of a host that NO_PROXY names', async () => {
    const { text } = await connectIn({ HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: '127.0.0.0/8' })
    expect(text).toMatch(/UNABLE_TO_VERIFY/)
    expect(text).not.toMatch(/The proxy 127/)
  })

  it('is reported with its authentication schemes when it accepts no password', async () => {
    proxy.credentials = 'other:wrong'
    proxy.challenges = ['Negotiate', 'NTLM']
    const { text } = await connectIn({ ...trustingEnvironment(), HTTPS_PROXY: proxy.url })
    expect(text).toMatch(/HTTP 407.*accepts only Negotiate, NTLM.*Px or Cntlm/)
  })

  it('is named in the error when it does not respond', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const host = `127.0.0.1:${(silent.address() as AddressInfo).port}`
    const send = boundedFetch(
      proxyFetch(fetch, () => ({ HTTPS_PROXY: host })),
      { requestTimeoutMs: 300, signal: undefined },
    )
    await expect(send('https://example.okta.com/', {})).rejects.toMatchObject({
      code: 'network_failed',
      message: `example.okta.com did not respond through the proxy ${host} within 0.3 s.`,
      hint: expect.stringContaining('Check HTTPS_PROXY'),
    })
    silent.close()
  })

  it('is not shown in the error when its URL is invalid', async () => {
    const { code, text } = await connectIn({ HTTPS_PROXY: 'ann:a-proxy-password@proxy:port' })
    expect(code).toBe('options_invalid')
    expect(text).not.toContain('a-proxy-password')
  })
})
