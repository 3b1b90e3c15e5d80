import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { CronJob } from 'kubernetes-types/batch/v1.js'
import type { Service } from 'kubernetes-types/core/v1.js'
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.js'
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js'
import { describe, expect, it } from 'vitest'
import { durationMs } from '../../../src/config/format/duration.js'
import { type Manifest, readDeployment, readManifests } from '../support/manifests.test.support.js'

const run = promisify(execFile)
const manifests = await readManifests()
const { deployment, pod, container, configuration } = await readDeployment()
const contentOf = <T>(kind: string) => manifests.find(one => one.kind === kind)?.content as T
// The time that requests in progress have when the port is closed: see serve.ts.
const drainMs = 15_000

describe('the Kubernetes manifests', () => {
  it('have the members and types of the OpenAPI description of Kubernetes', { timeout: 120_000 }, async () => {
    expect(await compile(manifests)).toBe('')
  })

  it('are rejected by that check when a member is misspelled or has another type', { timeout: 120_000 }, async () => {
    const service = { file: 'wrong.yaml', apiVersion: 'v1', kind: 'Service' }
    const contents = [{ spec: { selectors: {} } }, { spec: { ports: [{ port: '443' }] } }]
    const output = await compile(contents.map(content => ({ ...service, content })))
    expect(output).toContain('\'"selectors"\' does not exist')
    expect(output).toContain("Type 'string' is not assignable to type 'number'")
  })

  it('select the pods of the Deployment when they are a Service, a PodDisruptionBudget or a NetworkPolicy', () => {
    const labels = deployment.spec?.template.metadata?.labels
    expect(deployment.spec?.selector.matchLabels).toEqual(labels)
    expect(contentOf<Service>('Service').spec?.selector).toEqual(labels)
    expect(contentOf<PodDisruptionBudget>('PodDisruptionBudget').spec?.selector?.matchLabels).toEqual(labels)
    expect(contentOf<NetworkPolicy>('NetworkPolicy').spec?.podSelector.matchLabels).toEqual(labels)
    for (const spread of pod.topologySpreadConstraints ?? []) expect(spread.labelSelector?.matchLabels).toEqual(labels)
  })

  it('keep a pod available when a node is drained or a version is updated', () => {
    expect(deployment.spec?.replicas).toBeGreaterThanOrEqual(2)
    expect(deployment.spec?.strategy?.rollingUpdate).toMatchObject({ maxUnavailable: 0 })
    expect(contentOf<PodDisruptionBudget>('PodDisruptionBudget').spec?.maxUnavailable).toBe(1)
  })

  it('let a pod finish its requests when it is ended', () => {
    const graceMs = (pod.terminationGracePeriodSeconds ?? 0) * 1000
    const delayMs = durationMs(String(configuration.shutdownDelay))
    expect(graceMs).toBeGreaterThan(delayMs + drainMs)
    // /readyz must fail at least once before the port is closed.
    const { periodSeconds = 0, timeoutSeconds = 0, failureThreshold } = container.readinessProbe ?? {}
    expect(failureThreshold).toBe(1)
    expect(delayMs).toBeGreaterThanOrEqual((periodSeconds + timeoutSeconds) * 1000)
  })

  it('meet the restricted Pod Security Standard', () => {
    const job = contentOf<CronJob>('CronJob').spec?.jobTemplate.spec?.template.spec
    for (const spec of [pod, job]) {
      expect(spec?.automountServiceAccountToken).toBe(false)
      expect(spec?.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
      expect(spec?.containers[0]?.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      })
    }
  })

  it('mount each file that the configuration refers to, and read no secret from a variable', () => {
    const mounted = (container.volumeMounts ?? []).map(({ mountPath }) => `${mountPath}/`)
    const named = JSON.stringify([configuration, container.args, container.env]).match(/\/etc\/[^"]+/g) ?? []
    expect(named.length).toBeGreaterThanOrEqual(5)
    for (const path of named) expect(mounted.filter(folder => path.startsWith(folder))).toHaveLength(1)
    expect(container.env?.filter(({ valueFrom }) => valueFrom !== undefined)).toEqual([])
    expect(container.envFrom).toBeUndefined()
  })

  it('give a client a token whose only audience is the broker', () => {
    const spec = contentOf<CronJob>('CronJob').spec?.jobTemplate.spec?.template.spec
    const [volume] = spec?.volumes ?? []
    expect(volume?.projected?.sources).toEqual([
      { serviceAccountToken: { path: 'token', audience: configuration.issuer, expirationSeconds: 3600 } },
    ])
    const file = spec?.containers[0]?.env?.find(({ name }) => name === 'CONNECT_OKTA_IDENTITY_TOKEN_FILE')?.value
    expect(file).toBe(`${spec?.containers[0]?.volumeMounts?.[0]?.mountPath}/token`)
  })
})

/** Compiles manifests as values of the types that are generated from the OpenAPI description. Returns the errors. */
async function compile(all: readonly Manifest[]): Promise<string> {
  const server = fileURLToPath(new URL('../../..', import.meta.url))
  // Below the package, so that the compiler finds the types.
  const folder = await mkdtemp(join(server, 'node_modules/manifests-'))
  try {
    const lines = all.map(({ apiVersion, kind, content }, index) => {
      const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion]
      const path = `kubernetes-types/${String(group).replace(/\..*/, '')}/${version}.js`
      return `export const m${index}: import('${path}').${kind} = ${JSON.stringify(content)}`
    })
    await writeFile(join(folder, 'manifests.ts'), lines.join('\n'))
    const compilerOptions = { strict: true, noEmit: true, skipLibCheck: true, module: 'nodenext', types: [] }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
    const compiler = join(server, '../../node_modules/.bin/tsc')
    return await run(compiler, ['-p', folder]).then(
      ({ stdout }) => stdout,
      error => `${error.stdout}${error.stderr}`,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
