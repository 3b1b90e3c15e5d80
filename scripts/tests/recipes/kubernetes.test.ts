import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Recipe, startRecipe } from '../../../packages/server/test/recipes/support/recipe.test.support.js'
import { root } from '../../pnpm.mjs'
import { type Kubernetes, type Pod, startKubernetes } from '../../testing/identity-issuers/kubernetes.test.support.js'
import { readRecipePage } from './recipe-page.test.support.js'

const run = promisify(execFile)
const { parseAllDocuments } = createRequire(join(root, 'packages/emulator/package.json'))('yaml')

interface PodSpec {
  readonly serviceAccountName: string
  readonly containers: readonly [
    {
      readonly command: readonly string[]
      readonly env: readonly { readonly name: string; readonly value: string }[]
      readonly volumeMounts: readonly [{ readonly mountPath: string }]
    },
  ]
  readonly volumes: readonly [
    {
      readonly projected: {
        readonly sources: readonly [
          {
            readonly serviceAccountToken: {
              readonly path: string
              readonly audience: string
              readonly expirationSeconds: number
            }
          },
        ]
      }
    },
  ]
}

interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
  readonly spec?: { readonly jobTemplate: { readonly spec: { readonly template: { readonly spec: PodSpec } } } }
}

// The broker has a certificate for its documented address.
describe.skipIf(!inject('systemNeeds').openssl)('docs/recipes/kubernetes.md', async () => {
  const page = await readRecipePage('kubernetes')
  // kubectl reads YAML 1.1.
  const documents = parseAllDocuments(page.file('export-users.yaml'), { version: '1.1' })
  const manifests: readonly Manifest[] = documents.map((document: { toJS(): Manifest }) => document.toJS())
  const cronJob = manifests.find(({ kind }) => kind === 'CronJob')
  const spec = cronJob?.spec?.jobTemplate.spec.template.spec as PodSpec
  const [container] = spec.containers
  const pod = {
    namespace: 'okta-export',
    serviceAccount: spec.serviceAccountName,
    serviceAccountUid: 'a709ef71-30e2-489a-bd19-ade97031b9db',
  }
  let kubernetes: Kubernetes
  let recipe: Recipe

  beforeAll(async () => {
    kubernetes = await startKubernetes({ origin: 'https://kubernetes.default.svc.cluster.local' })
    const files = { 'cluster.jwks.json': JSON.stringify(kubernetes.issuer.jwks()) }
    recipe = await startRecipe({ config: page.yaml('broker.yaml'), files })
  })
  afterAll(async () => {
    await recipe?.[Symbol.asyncDispose]()
    await kubernetes[Symbol.asyncDispose]()
  })

  it('has manifests with the members and types of the OpenAPI description of Kubernetes', async () => {
    // Below a package that has the types, so that the compiler finds them.
    const folder = await mkdtemp(join(root, 'packages/server/node_modules/recipe-'))
    try {
      const lines = manifests.map((manifest, index) => {
        const [group, version] = manifest.apiVersion.includes('/') ? manifest.apiVersion.split('/') : ['core', 'v1']
        const type = `import('kubernetes-types/${group}/${version}.js').${manifest.kind}`
        return `export const m${index}: ${type} = ${JSON.stringify(manifest)}`
      })
      await writeFile(join(folder, 'manifests.ts'), lines.join('\n'))
      const compilerOptions = { strict: true, noEmit: true, skipLibCheck: true, module: 'nodenext', types: [] }
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
      await run(join(root, 'node_modules/.bin/tsc'), ['-p', folder])
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('has commands and manifests with the same names', () => {
    const names = manifests.map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name}`)
    expect(names).toEqual(['namespace/okta-export', 'serviceaccount/export-users', 'cronjob/export-users'])
    expect(manifests.slice(1).map(({ metadata }) => metadata.namespace)).toEqual(['okta-export', 'okta-export'])
    const commands = page.commands.join('')
    expect(commands).toContain('--from=cronjob/export-users')
    expect(commands).toContain('--namespace okta-export get serviceaccount export-users')
  })

  /** Runs the container with a token that the kubelet projects. */
  async function runContainer(change: Pod = {}, audience?: string) {
    const { path, ...volume } = spec.volumes[0].projected.sources[0].serviceAccountToken
    // Where connect-okta looks by default. A test cannot write there.
    expect(`${container.volumeMounts[0].mountPath}/${path}`).toBe('/var/run/secrets/connect-okta/token')
    const folder = await mkdtemp(join(tmpdir(), 'pod-'))
    const options = { ...volume, ...(audience !== undefined && { audience }), pod: { ...pod, ...change } }
    const token = await kubernetes.project(folder, options)
    const env = Object.fromEntries(container.env.map(({ name, value }) => [name, value]))
    return await recipe.run(container.command.slice(1), { ...env, CONNECT_OKTA_IDENTITY_TOKEN_FILE: token.path })
  }

  it('exports the users', async () => {
    expect(container.command[0]).toBe('connect-okta')
    expect(await runContainer()).toMatchObject({ code: 0, stdout: expect.stringContaining('ada.lovelace@example.com') })
  })

  it('fails with key_required when the volume is missing', async () => {
    const env = Object.fromEntries(container.env.map(({ name, value }) => [name, value]))
    expect(await recipe.run(container.command.slice(1), env)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('key_required'),
    })
  })

  it('fails with options_invalid when the token has another audience', async () => {
    expect(await runContainer({}, 'https://other.example.com')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('options_invalid'),
    })
  })

  it.each<[string, Pod]>([
    ['it is in another namespace', { namespace: 'default' }],
    ['it has another service account', { serviceAccount: 'default' }],
    ['the service account was created again', { serviceAccountUid: 'b809ef71-30e2-489a-bd19-ade97031b9db' }],
  ])('is rejected when %s', async (_when, change) => {
    expect(await runContainer(change)).toMatchObject({ code: 4, stderr: expect.stringContaining('client_rejected') })
  })
})
