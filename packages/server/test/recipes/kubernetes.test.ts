import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  apiServerAudience,
  type Kubernetes,
  type Pod,
  startKubernetes,
} from '../../../../scripts/testing/identity-issuers/kubernetes.test.support.js'
import { documentedRecipe } from './support/documented-recipe.test.support.js'
import { brokerUrl, type Recipe, startRecipe } from './support/recipe.test.support.js'

interface DocumentedPod {
  readonly spec: {
    readonly containers: readonly [{ readonly command: readonly string[] }]
    readonly volumes: readonly [
      { projected: { sources: readonly [{ serviceAccountToken: { audience: string; expirationSeconds: number } }] } },
    ]
  }
}

let now: number
let kubernetes: Kubernetes
let recipe: Recipe
let command: readonly string[]
let volume: { readonly audience: string; readonly expirationSeconds: number }

beforeAll(async () => {
  now = Date.now()
  kubernetes = await startKubernetes({ origin: 'https://kubernetes.default.svc.cluster.local', now: () => now })
  const { broker, file } = await documentedRecipe('Kubernetes')
  const { spec } = file('pod.yaml') as DocumentedPod
  command = spec.containers[0].command.slice(1)
  volume = spec.volumes[0].projected.sources[0].serviceAccountToken
  // The issuer cannot be reached.
  recipe = await startRecipe({
    config: broker,
    files: { 'cluster.jwks.json': JSON.stringify(kubernetes.issuer.jwks()) },
  })
})
afterAll(async () => {
  await recipe?.[Symbol.asyncDispose]()
  await kubernetes[Symbol.asyncDispose]()
})

const newFolder = () => mkdtemp(join(tmpdir(), 'pod-'))
const run = (path: string) => recipe.run(command, { CONNECT_OKTA_IDENTITY_TOKEN_FILE: path })

describe('a pod of Kubernetes', () => {
  it('calls the API of Okta, also after its token was replaced', async () => {
    now = Date.now() - volume.expirationSeconds * 1000 - 60_000
    const token = await kubernetes.project(await newFolder(), volume)
    const expired = await run(token.path)
    now = Date.now()
    expect(expired).toMatchObject({ code: 2, stderr: expect.stringContaining('expired') })
    expect(await token.sync()).toBe(true)
    expect(await run(token.path)).toMatchObject({ code: 0, stdout: expect.stringContaining('"login"') })
  })

  it.each<[string, Pod, string]>([
    ['it is in another namespace', { namespace: 'test' }, 'kubernetes.io.namespace'],
    ['it has another account', { serviceAccount: 'default' }, 'kubernetes.io.serviceaccount.name'],
    [
      'the account was deleted and created again',
      { serviceAccountUid: 'b0000000-30e2-489a-bd19-ade97031b9db' },
      'kubernetes.io.serviceaccount.uid',
    ],
    [
      'the claim is missing',
      { claims: { 'kubernetes.io': { namespace: 'prod' } } },
      'kubernetes.io.serviceaccount.name',
    ],
  ])('is rejected when %s', async (_when, pod, claim) => {
    const { path } = await kubernetes.project(await newFolder(), { ...volume, pod })
    expect(await run(path)).toMatchObject({ code: 4, stdout: '' })
    await expect.poll(() => recipe.rejectedClaims()).toContain(claim)
  })

  it('does not send its default token', async () => {
    const { path } = await kubernetes.project(await newFolder())
    const { code, stderr } = await run(path)
    // Not 4, with which the broker rejects.
    expect(code).toBe(2)
    expect(stderr).toContain(apiServerAudience)
    expect(stderr).toContain(brokerUrl)
  })
})
