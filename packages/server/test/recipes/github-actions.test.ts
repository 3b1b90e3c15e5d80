import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type GitHubActions,
  type GitHubJob,
  pullRequestTarget,
  startGitHubActions,
  workflowRun,
} from '../../../../scripts/testing/identity-issuers/github-actions.test.support.js'
import { documentedRecipe } from './support/documented-recipe.test.support.js'
import { brokerUrl, type Recipe, startRecipe } from './support/recipe.test.support.js'

const host = 'token.actions.githubusercontent.com'
const deployment: GitHubJob = { environment: 'production' }

// As many guides of cloud providers pin it.
const sub = 'repo:octo-org/octo-repo:environment:production'
const bySubject = { identity: { issuer: `https://${host}`, claims: { sub } }, connections: ['users'] }

let github: GitHubActions
let recipe: Recipe

beforeAll(async () => {
  github = await startGitHubActions({ origin: `https://${host}` })
  const { broker } = await documentedRecipe('GitHub Actions')
  const clients = { ...Object(broker.clients), subject: bySubject }
  recipe = await startRecipe({ config: { ...broker, clients }, hosts: { [host]: github.issuer.port } })
})
afterAll(async () => {
  await recipe?.[Symbol.asyncDispose]()
  await github[Symbol.asyncDispose]()
})

const request = ['token', '--broker', brokerUrl, '--client', 'deploy', '--store', 'memory']
const run = (job: GitHubJob) => recipe.run(request, github.startJob(job))
const runWith = (identityToken: string) => recipe.run(request, { CONNECT_OKTA_IDENTITY_TOKEN: identityToken })

async function newIdentityToken(job: GitHubJob, audience = brokerUrl): Promise<string> {
  const env = github.startJob(job)
  const headers = { authorization: `bearer ${env.ACTIONS_ID_TOKEN_REQUEST_TOKEN}` }
  const response = await fetch(`${env.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=${audience}`, { headers })
  return ((await response.json()) as { value: string }).value
}

describe('a job of GitHub Actions', () => {
  it('gets a token that the org accepts, each time with a new identity token', async () => {
    for (const job of [deployment, { ...deployment, eventName: 'workflow_dispatch' }]) {
      const { code, stdout, stderr } = await run(job)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      expect(await recipe.statusWith(stdout)).toBe(200)
    }
  })

  it('is accepted with both forms of the subject', async () => {
    expect(await run({ ...deployment, isSubjectImmutable: true })).toMatchObject({ code: 0 })
  })

  it('is rejected by a rule for the subject when the subject has the new form', async () => {
    const args = request.with(request.indexOf('deploy'), 'subject')
    expect(await recipe.run(args, github.startJob(deployment))).toMatchObject({ code: 0 })
    const renamed = github.startJob({ ...deployment, isSubjectImmutable: true })
    expect(await recipe.run(args, renamed)).toMatchObject({ code: 4, stdout: '' })
    await expect.poll(() => recipe.rejectedClaims()).toContain('sub')
  })

  it.each<[string, GitHubJob, string]>([
    ['another repository has the same name', { repositoryId: '5678' }, 'repository_id'],
    ['another owner has the same name', { ownerId: '100' }, 'repository_owner_id'],
    ['it runs for a pull request of a fork', pullRequestTarget, 'event_name'],
    ['it runs after the workflow of a fork', workflowRun, 'event_name'],
    ['it runs for a pull request', { eventName: 'pull_request', ref: 'refs/pull/7/merge' }, 'ref'],
    ['it runs for a tag with the name of the branch', { ref: 'refs/tags/main' }, 'ref'],
    ['it runs on a branch that begins with the name', { ref: 'refs/heads/main-2' }, 'ref'],
    ['it runs in another environment', { environment: 'production-2' }, 'environment'],
    ['the claim is missing', { claims: { environment: undefined } }, 'environment'],
  ])('is rejected when %s', async (_when, change, claim) => {
    const { code, stdout, stderr } = await run({ ...deployment, ...change })
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' })
    expect(stderr).toContain('client_rejected')
    await expect.poll(() => recipe.rejectedClaims()).toContain(claim)
  })

  it('does not send an identity token that has expired', async () => {
    const past = Math.floor(Date.now() / 1000) - 600
    expect(await run({ ...deployment, claims: { iat: past, nbf: past, exp: past + 300 } })).toMatchObject({ code: 2 })
  })

  it('is rejected when the identity token was used before', async () => {
    const identityToken = await newIdentityToken(deployment)
    expect(await runWith(identityToken)).toMatchObject({ code: 0 })
    expect(await runWith(identityToken)).toMatchObject({ code: 4, stdout: '' })
  })

  it('is rejected when the identity token was issued without a key of GitHub', async () => {
    const other = await startGitHubActions({ origin: `https://${host}` })
    other.issuer.rotate()
    const forged = other.issuer.sign({ aud: brokerUrl, repository_id: '1234' })
    await other.issuer.close()
    expect(await runWith(forged)).toMatchObject({ code: 4, stdout: '' })
  })

  it('does not send an identity token for another audience', async () => {
    const audience = 'https://sts.example.com'
    const { code, stderr } = await runWith(await newIdentityToken(deployment, audience))
    // Not 4, with which the broker rejects.
    expect(code).toBe(2)
    expect(stderr).toContain(audience)
    expect(stderr).toContain(brokerUrl)
  })
})
