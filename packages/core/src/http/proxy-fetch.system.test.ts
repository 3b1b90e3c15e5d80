import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  makePrivateCertificate,
  type PrivateCertificate,
} from '../../test/support/certificate-authority.test.support.js'
import { core, runProgram } from '../../test/support/program.test.support.js'
import { startProxy, type TunnelProxy } from '../../test/support/proxy.test.support.js'

let certificate: PrivateCertificate
let okta: OktaEmulator
let proxy: TunnelProxy

beforeAll(async () => {
  certificate = makePrivateCertificate()
  okta = await startOktaEmulator({ tls: certificate })
  proxy = await startProxy()
})
afterAll(async () => {
  await proxy[Symbol.asyncDispose]()
  await okta.close()
})
beforeEach(() => {
  proxy.tunnels.length = 0
  proxy.password = undefined
})

/** A program of its own, since Node reads some of its environment at its start only. Gives what it printed. */
async function program(
  environment: Record<string, string>,
): Promise<{ status?: number; code?: string; text?: string }> {
  const { clientId, jwk } = okta.client('service')
  const keyPath = join(await mkdtemp(join(tmpdir(), 'network-')), 'key.json')
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

describe('a private authority', () => {
  it('is not trusted unless somebody says so, which the error tells how', async () => {
    expect(await program({})).toEqual({
      code: 'tls_untrusted',
      text: expect.stringMatching(/UNABLE_TO_VERIFY_LEAF_SIGNATURE.*NODE_EXTRA_CA_CERTS.*SSL_CERT_FILE/),
    })
  })

  it.each(['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'])('is trusted where %s names it', async variable => {
    expect(await program({ [variable]: certificate.authorityPath })).toEqual({ status: 200 })
  })

  it('is trusted where one variable names it and the other does not', async () => {
    const other = makePrivateCertificate().authorityPath
    const both = { NODE_EXTRA_CA_CERTS: certificate.authorityPath, SSL_CERT_FILE: other }
    expect(await program(both)).toEqual({ status: 200 })
  })

  it('that cannot be read is an error which names the file', async () => {
    expect(await program({ SSL_CERT_FILE: '/nowhere/ca.pem' })).toMatchObject({
      code: 'options_invalid',
      text: expect.stringContaining('/nowhere/ca.pem'),
    })
  })
})

describe('a proxy', () => {
  const trusting = () => ({ NODE_EXTRA_CA_CERTS: certificate.authorityPath })

  it.each(['HTTPS_PROXY', 'https_proxy'])('is used for everything where %s names it', async variable => {
    expect(await program({ ...trusting(), [variable]: proxy.url })).toEqual({ status: 200 })
    expect(new Set(proxy.tunnels)).toEqual(new Set([okta.orgUrl.host]))
    expect(proxy.tunnels.length).toBeGreaterThan(0)
  })

  it('is used together with an authority of its own', async () => {
    const environment = { SSL_CERT_FILE: certificate.authorityPath, HTTPS_PROXY: proxy.url }
    expect(await program(environment)).toEqual({ status: 200 })
    expect(proxy.tunnels.length).toBeGreaterThan(0)
  })

  it.each(['NO_PROXY', 'no_proxy'])('is not used for a host that %s names', async variable => {
    const environment = { ...trusting(), HTTPS_PROXY: proxy.url, [variable]: 'other.example, 127.0.0.1' }
    expect(await program(environment)).toEqual({ status: 200 })
    expect(proxy.tunnels).toEqual([])
  })

  it('gets the name and password that are in its URL', async () => {
    const password = 'ann:a-proxy-password'
    proxy.password = password
    const url = proxy.url.replace('//', `//${password}@`)
    expect(await program({ ...trusting(), HTTPS_PROXY: url })).toEqual({ status: 200 })
    const refused = await program({ ...trusting(), HTTPS_PROXY: url.replace('a-proxy', 'a-wrong-proxy') })
    expect(refused).toEqual({ code: 'network_failed', text: expect.stringMatching(/HTTP 407.*NAME:PASSWORD@/) })
    expect(refused.text).not.toContain('a-wrong-proxy')
  })

  it('that is not there is named, and not the org', async () => {
    expect(await program({ ...trusting(), HTTPS_PROXY: 'http://127.0.0.1:1' })).toEqual({
      code: 'network_failed',
      text: expect.stringMatching(/The proxy 127\.0\.0\.1:1 does not connect to.*Check HTTPS_PROXY.*NO_PROXY/),
    })
  })

  it('that is no URL is an error which does not repeat it', async () => {
    const { code, text } = await program({ HTTPS_PROXY: 'ann:a-proxy-password@proxy' })
    expect(code).toBe('options_invalid')
    expect(text).not.toContain('a-proxy-password')
  })
})
