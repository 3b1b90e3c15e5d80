import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { freePort, type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import type { CronJob } from 'kubernetes-types/batch/v1.js'
import type { Probe } from 'kubernetes-types/core/v1.js'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { stringify } from 'yaml'
import {
  type Kubernetes,
  startKubernetes,
} from '../../../../../scripts/testing/identity-issuers/kubernetes.test.support.js'
import { createPrivateCertificate } from '../../../../../scripts/testing/private-certificate.js'
import { basic, digestFor } from '../../support/broker.test.support.js'
import { startRedis, type TestRedis } from '../../support/redis.test.support.js'
import { readDeployment, readManifests } from '../support/manifests.test.support.js'
import { type Mounts, type Pod, startPod } from '../support/pod.test.support.js'

const { openssl = '', redisServer = '' } = inject('systemNeeds')
const canMount = process.platform === 'linux' && process.getuid?.() === 0
const redisPassword = randomBytes(16).toString('hex')
const main = fileURLToPath(new URL('../../../dist/main.js', import.meta.url))

describe.runIf(canMount && openssl !== '' && redisServer !== '')('a pod of the Deployment', () => {
  let okta: OktaEmulator
  let redis: TestRedis
  let kubernetes: Kubernetes
  let port: number
  let issuer: string
  let pod: Pod

  beforeAll(async () => {
    okta = await startOktaEmulator({ clients: [{ kind: 'service' }] })
    redis = await startRedis(redisServer, ['--maxmemory-policy', 'noeviction'])
    await redis.command('ACL', 'SETUSER', 'okta-broker', 'on', `>${redisPassword}`, '~*', '&*', '+@all')
    port = await freePort()
    const { pod: spec, container, configuration } = await readDeployment()
    const { clientId, jwk } = okta.client('service')
    issuer = String(configuration.issuer)
    kubernetes = await startKubernetes({ origin: Object.keys(configuration.issuers as object)[0] ?? '' })
    const { cert, key } = createPrivateCertificate({ names: `DNS:${new URL(issuer).hostname}` })
    // The values that differ in each cluster. Everything else is as in the example.
    const connections = configuration.connections as { users: object }
    const clients = configuration.clients as { payroll: object; export: object }
    const broker = {
      ...configuration,
      listen: `0.0.0.0:${port}`,
      store: { ...(configuration.store as object), address: redis.url },
      connections: { users: { ...connections.users, tenant: okta.orgUrl.origin, clientId } },
      clients: { ...clients, export: { ...clients.export, secretSha256: digestFor('export') } },
    }
    const files: Mounts = {
      config: { 'broker.yaml': stringify(broker) },
      secrets: {
        'users.json': JSON.stringify(jwk),
        'store-key': randomBytes(32).toString('base64'),
        'redis-password': redisPassword,
      },
      tls: { 'tls.crt': cert, 'tls.key': key },
      issuer: { 'jwks.json': JSON.stringify(kubernetes.issuer.jwks()) },
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
    await kubernetes[Symbol.asyncDispose]()
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

  const host = () => new URL(issuer).host
  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  it('issues tokens to a client with a secret, and writes no file', async () => {
    const headers = { ...form, host: host(), authorization: basic('export') }
    expect((await send('POST', '/oauth2/token', headers, 'grant_type=client_credentials')).status).toBe(200)
    expect(pod.output()).not.toContain('EROFS')
  })

  it('issues tokens to the service account of the CronJob, and to no other one', async () => {
    const job = (await readManifests()).find(({ kind }) => kind === 'CronJob')?.content as CronJob
    const spec = job.spec?.jobTemplate.spec?.template.spec
    const source = spec?.volumes?.[0]?.projected?.sources?.[0]?.serviceAccountToken
    const { audience = '', expirationSeconds = 0 } = source ?? {}
    const namespace = job.metadata?.namespace ?? ''
    const request = async (serviceAccount: string) => {
      const folder = await mkdtemp(join(tmpdir(), 'identity-'))
      const options = { audience, expirationSeconds, pod: { namespace, serviceAccount } }
      const { path } = await kubernetes.project(folder, options)
      const body = new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: spec?.containers[0]?.env?.find(({ name }) => name === 'CONNECT_OKTA_CLIENT_ID')?.value ?? '',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await readFile(path, 'utf8'),
      })
      return await send('POST', '/oauth2/token', { ...form, host: host() }, body.toString())
    }
    expect((await request(spec?.serviceAccountName ?? '')).status).toBe(200)
    expect((await request('default')).status).toBe(401)
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
