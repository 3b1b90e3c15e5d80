import { execFile } from 'node:child_process'
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type IdentityIssuer, startIdentityIssuer } from '../identity-issuer.test.support.js'
import { startBuildkite } from './buildkite.test.support.js'
import { startCircleCi } from './circleci.test.support.js'
import { githubClaims, pullRequestTarget, startGitHubActions, workflowRun } from './github-actions.test.support.js'
import { startGitLab } from './gitlab.test.support.js'
import { apiServerAudience, startKubernetes } from './kubernetes.test.support.js'
import { startSpiffe } from './spiffe.test.support.js'

const audience = 'https://broker.example.com'
const folder = () => mkdtemp(join(tmpdir(), 'identity-'))
const run = promisify(execFile)

/** Verifies a token with the published keys, found by discovery, and returns its claims. */
async function verified(issuer: IdentityIssuer, token: string): Promise<Record<string, unknown>> {
  const metadata = await json(`${issuer.issuer}/.well-known/openid-configuration`)
  expect(metadata.issuer).toBe(issuer.issuer)
  const { keys } = (await json(String(metadata.jwks_uri))) as unknown as { keys: JsonWebKey[] }
  return verifiedBy(keys, token)
}

function verifiedBy(keys: readonly JsonWebKey[], token: string): Record<string, unknown> {
  const [header = '', payload = '', signature = ''] = token.split('.')
  const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString())
  const key = createPublicKey({ key: keys.find(jwk => jwk.kid === kid) as JsonWebKey, format: 'jwk' })
  const signed = Buffer.from(`${header}.${payload}`)
  const bytes = Buffer.from(signature, 'base64url')
  expect(verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, bytes)).toBe(true)
  return JSON.parse(Buffer.from(payload, 'base64url').toString())
}

async function json(url: string): Promise<Record<string, unknown>> {
  return (await (await fetch(url)).json()) as Record<string, unknown>
}

describe('an identity issuer', () => {
  it('publishes a rotated key only when it should', async () => {
    await using issuer = await startIdentityIssuer()
    const first = issuer.sign({ sub: 'a' })
    issuer.rotate()
    const second = issuer.sign({ sub: 'b' })
    expect(await verified(issuer, first)).toMatchObject({ sub: 'a', iss: issuer.issuer })
    expect(await verified(issuer, second)).toMatchObject({ sub: 'b' })
    issuer.rotate({ publish: false, retire: true })
    expect(issuer.jwks().keys).toEqual([])
  })

  it('serves each fault', async () => {
    await using issuer = await startIdentityIssuer()
    const url = `${issuer.issuer}/.well-known/openid-configuration`
    issuer.faults.discovery = 'wrong_issuer'
    expect((await json(url)).issuer).not.toBe(issuer.issuer)
    issuer.faults.discovery = 'huge'
    expect((await (await fetch(url)).text()).length).toBeGreaterThan(32 * 1024 * 1024)
    issuer.faults.discovery = 'redirect'
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(302)
    expect((await json(url)).issuer).toBe(issuer.issuer)
    issuer.faults.discovery = 'down'
    await expect(fetch(url)).rejects.toThrow('fetch failed')
    issuer.faults.discovery = 'slow'
    await expect(fetch(url, { signal: AbortSignal.timeout(50) })).rejects.toThrow('timeout')
    delete issuer.faults.discovery
    const { headers } = await fetch(`${issuer.issuer}/.well-known/jwks`)
    expect(headers.get('cache-control')).toBe('public, max-age=3600')
  })
})

describe('the tokens of jobs', () => {
  it('come from the endpoint of GitHub Actions, each with its own jti', async () => {
    await using github = await startGitHubActions()
    const env = github.startJob({ ...pullRequestTarget, isSubjectImmutable: true })
    const request = async () => {
      const headers = { authorization: `bearer ${env.ACTIONS_ID_TOKEN_REQUEST_TOKEN}` }
      const url = `${env.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=${encodeURIComponent(audience)}`
      const { value } = (await (await fetch(url, { headers })).json()) as { value: string }
      return await verified(github.issuer, value)
    }
    const [first, second] = [await request(), await request()]
    expect(first).toMatchObject({
      aud: audience,
      sub: 'repo:octo-org@99/octo-repo@1234:ref:refs/heads/main',
      event_name: 'pull_request_target',
    })
    expect(first.jti).not.toBe(second.jti)
    expect((await fetch(`${env.ACTIONS_ID_TOKEN_REQUEST_URL}`)).status).toBe(401)
  })

  it('have the ref of the base branch in runs for a fork', () => {
    for (const job of [pullRequestTarget, workflowRun]) expect(githubClaims(job).ref).toBe('refs/heads/main')
  })

  it('come in the variables of GitLab, with texts as booleans', async () => {
    await using gitlab = await startGitLab()
    const { CONNECT_OKTA_IDENTITY_TOKEN: token = '' } = gitlab.startJob({ CONNECT_OKTA_IDENTITY_TOKEN: audience })
    const sub = 'project_path:acme/payroll:ref_type:branch:ref:main'
    expect(await verified(gitlab.issuer, token)).toMatchObject({ aud: audience, sub, ref_protected: 'true' })
  })

  it('are replaced in the volume of Kubernetes after 80 % of their lifetime', async () => {
    let now = Date.now()
    await using kubernetes = await startKubernetes({ now: () => now })
    const volume = await kubernetes.project(await folder(), { audience })
    const first = await readFile(volume.path, 'utf8')
    expect(await verified(kubernetes.issuer, first)).toMatchObject({
      aud: [audience],
      'kubernetes.io': { namespace: 'prod', serviceaccount: { name: 'deploy' } },
    })
    now += 47 * 60_000
    expect(await volume.sync()).toBe(false)
    now += 60_000
    expect(await volume.sync()).toBe(true)
    expect(await readFile(volume.path, 'utf8')).not.toBe(first)
    const standard = await kubernetes.project(await folder())
    const claims = await verified(kubernetes.issuer, await readFile(standard.path, 'utf8'))
    expect(claims.aud).toEqual([apiServerAudience])
  })

  it('come from buildkite-agent, with ids only when they are requested', async () => {
    await using buildkite = await startBuildkite(await folder())
    const env = buildkite.startJob()
    const args = ['oidc', 'request-token', '--audience', audience]
    const plain = await verified(buildkite.issuer, (await run('buildkite-agent', args, { env })).stdout.trim())
    expect(plain).toMatchObject({ aud: audience, organization_slug: 'acme', build_number: 1 })
    expect(plain).not.toHaveProperty('pipeline_id')
    const withIds = await run('buildkite-agent', [...args, '--claim', 'organization_id,pipeline_id'], { env })
    expect(await verified(buildkite.issuer, withIds.stdout.trim())).toHaveProperty('pipeline_id')
  })

  it('come from circleci with the audience of the request, and in a variable with that of the organization', async () => {
    await using circleci = await startCircleCi(await folder())
    const env = circleci.startJob()
    const { stdout } = await run('circleci', ['run', 'oidc', 'get', '--claims', JSON.stringify({ aud: audience })], {
      env,
    })
    const claims = await verified(circleci.issuer, stdout.trim())
    expect(claims).toMatchObject({ aud: audience, 'oidc.circleci.com/vcs-ref': 'refs/heads/main' })
    expect(claims).not.toHaveProperty('jti')
    const standard = await verified(circleci.issuer, env.CIRCLE_OIDC_TOKEN_V2 ?? '')
    expect(standard.aud).toBe(circleci.organizationId)
  })

  it('are SVIDs that the bundle of the trust domain verifies', async () => {
    await using spiffe = await startSpiffe()
    const svid = spiffe.svid('/ns/prod/sa/payroll', audience)
    const bundle = (await json(spiffe.bundleUrl)) as unknown as ReturnType<typeof spiffe.bundle>
    expect(bundle).toEqual(spiffe.bundle())
    const claims = verifiedBy(bundle.keys, svid)
    expect(claims).toMatchObject({ sub: 'spiffe://example.org/ns/prod/sa/payroll', aud: [audience] })
    expect(claims).not.toHaveProperty('iss')
  })
})
