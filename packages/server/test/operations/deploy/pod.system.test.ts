import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import type { Probe } from 'kubernetes-types/core/v1.js'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { stringify } from 'yaml'
import { basic, digestFor } from '../../support/broker.test.support.js'
import { startRedis, type TestRedis } from '../../support/redis.test.support.js'
import { createCertificate } from '../support/certificate.test.support.js'
import { readDeployment } from '../support/manifests.test.support.js'
import { type Mounts, type Pod, startPod } from '../support/pod.test.support.js'

const { openssl = '', redisServer = '' } = inject('systemNeeds')
const canMount = process.platform === 'linux' && process.getuid?.() === 0
const main = fileURLToPath(new URL('../../../dist/main.js', import.meta.url))

describe.runIf(canMount && openssl !== '' && redisServer !== '')('a pod of the Deployment', () => {
  let okta: OktaEmulator
  let redis: TestRedis
  let port: number
  let issuer: string
  let pod: Pod

  beforeAll(async () => {
    okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
    redis = await startRedis(redisServer, ['--maxmemory-policy', 'noeviction'])
    port = await freePort()
    const { pod: spec, container, configuration } = await readDeployment()
    const { clientId, jwk } = okta.client('service')
    issuer = String(configuration.issuer)
    const { certificate, key } = createCertificate(openssl, new URL(issuer).hostname)
    // The values that differ in each cluster. Everything else is as in the example.
    const connections = configuration.connections as { users: object }
    const clients = configuration.clients as { payroll: object }
    const broker = {
      ...configuration,
      listen: `0.0.0.0:${port}`,
      store: redis.url,
      connections: { users: { ...connections.users, tenant: okta.orgUrl.origin, clientId } },
      clients: { payroll: { ...clients.payroll, secretSha256: digestFor('payroll') } },
    }
    const files: Mounts = {
      config: { 'broker.yaml': stringify(broker) },
      secrets: { 'users.json': JSON.stringify(jwk), 'store-key': randomBytes(32).toString('base64') },
      tls: { 'tls.crt': certificate, 'tls.key': key },
    }
    const mounts = (container.volumeMounts ?? []).map(({ name, mountPath }) => [mountPath, files[name] ?? {}])
    const { runAsUser: uid = 0, runAsGroup: gid = 0 } = spec.securityContext ?? {}
    const env = Object.fromEntries((container.env ?? []).map(({ name, value = '' }) => [name, value]))
    const command = [process.execPath, main, ...(container.args ?? [])]
    pod = await startPod({ uid, gid }, Object.fromEntries(mounts), command, env)
  })
  afterAll(async () => {
    pod.child.kill('SIGKILL')
    await pod.ended
    await redis.kill()
    await okta.close()
  })

  /** Sends a request as the kubelet does: to the address of the pod, without a check of the certificate. */
  async function send(method: string, path: string, headers = {}, body?: string) {
    const outgoing = request({ host: '127.0.0.1', port, method, path, headers, rejectUnauthorized: false })
    outgoing.end(body)
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage]
    return { status: response.statusCode, body: await text(response) }
  }

  async function probe(probe: Probe | undefined) {
    expect(probe?.httpGet).toMatchObject({ port: 'https', scheme: 'HTTPS' })
    return await send('GET', probe?.httpGet?.path ?? '').catch(() => ({ status: 0, body: '' }))
  }

  it('is started and ready when it runs without privileges on a read-only file system', async () => {
    const { container } = await readDeployment()
    await expect.poll(async () => (await probe(container.startupProbe)).status, { timeout: 20_000 }).toBe(200)
    expect((await probe(container.livenessProbe)).status).toBe(200)
    expect(await probe(container.readinessProbe)).toEqual({ status: 200, body: '{"status":"ok","degraded":[]}' })
  })

  it('issues tokens to clients of the Service', async () => {
    const type = 'application/x-www-form-urlencoded'
    const headers = { host: new URL(issuer).host, authorization: basic('payroll'), 'content-type': type }
    const answer = await send('POST', '/oauth2/token', headers, 'grant_type=client_credentials')
    expect(answer.status).toBe(200)
    expect(pod.output()).not.toContain('EROFS')
  })

  it('has the uid and the capabilities of the Deployment', async () => {
    const status = await readFile(`/proc/${pod.child.pid}/status`, 'utf8')
    expect(/^Uid:\s+(.*)$/m.exec(status)?.[1]?.split('\t')).toEqual(Array(4).fill('65532'))
    expect(/^CapEff:\s+(.*)$/m.exec(status)?.[1]).toMatch(/^0+$/)
  })

  // The last test, because it ends the pod.
  it('is not ready, and still serves requests, when it is ended', async () => {
    const { container } = await readDeployment()
    pod.child.kill('SIGTERM')
    await expect.poll(async () => (await probe(container.readinessProbe)).status).toBe(503)
    expect((await probe(container.livenessProbe)).status).toBe(200)
    // A second signal ends the delay.
    pod.child.kill('SIGTERM')
    expect(await pod.ended).toBe(0)
  })
})
