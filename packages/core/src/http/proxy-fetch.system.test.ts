import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newFolder } from '../../test/support/new-folder.test.support.js'
import {
  createPrivateCertificate,
  type PrivateCertificate,
} from '../../test/support/private-certificate.test.support.js'
import { core, runProgram } from '../../test/support/run-program.test.support.js'
import { startTunnelProxy, type TunnelProxy } from '../../test/support/tunnel-proxy.test.support.js'

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

  it('receives the user name and password of its URL', async () => {
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
      text: expect.stringMatching(/The proxy 127\.0\.0\.1:1 does not connect to.*Check HTTPS_PROXY.*NO_PROXY/),
    })
  })

  it('is not shown in the error when its URL is invalid', async () => {
    const { code, text } = await connectIn({ HTTPS_PROXY: 'ann:a-proxy-password@proxy' })
    expect(code).toBe('options_invalid')
    expect(text).not.toContain('a-proxy-password')
  })
})
