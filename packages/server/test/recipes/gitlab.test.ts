import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type GitLab,
  type GitLabJob,
  startGitLab,
} from '../../../../scripts/testing/identity-issuers/gitlab.test.support.js'
import { documentedRecipe } from './support/documented-recipe.test.support.js'
import { type Recipe, startRecipe } from './support/recipe.test.support.js'

interface DocumentedJob {
  readonly id_tokens: Readonly<Record<string, { readonly aud: string }>>
  readonly script: readonly string[]
}

let gitlab: GitLab
let recipe: Recipe
let documented: DocumentedJob

beforeAll(async () => {
  gitlab = await startGitLab({ origin: 'https://gitlab.com' })
  const { broker, file } = await documentedRecipe('GitLab')
  documented = (file('.gitlab-ci.yml') as { deploy: DocumentedJob }).deploy
  recipe = await startRecipe({ config: broker, hosts: { 'gitlab.com': gitlab.issuer.port } })
})
afterAll(async () => {
  await recipe?.[Symbol.asyncDispose]()
  await gitlab[Symbol.asyncDispose]()
})

function run(job: GitLabJob, changedAudience?: string) {
  const audiences = Object.entries(documented.id_tokens).map(([name, { aud }]) => [name, changedAudience ?? aud])
  return recipe.runScript(documented.script.join('\n'), gitlab.startJob(Object.fromEntries(audiences), job))
}

describe('a job of GitLab', () => {
  it('calls the API of Okta, several times with the same identity token', async () => {
    const job = gitlab.startJob({ CONNECT_OKTA_IDENTITY_TOKEN: 'https://broker.example.com' })
    const twice = [...documented.script, ...documented.script].join('\n')
    expect(await recipe.runScript(twice, job)).toMatchObject({ code: 0, stdout: expect.stringContaining('"login"') })
  })

  it.each<[string, GitLabJob, string]>([
    ['it is of a fork with another id', { projectId: '77', projectPath: 'mallory/payroll' }, 'project_id'],
    ['another project has the same path', { projectId: '78' }, 'project_id'],
    ['another group has the same path', { namespaceId: '100' }, 'namespace_id'],
    ['it runs for a tag with the name of the branch', { refType: 'tag' }, 'ref_type'],
    ['it runs on another branch', { ref: 'main-2' }, 'ref'],
    ['the branch is not protected', { isRefProtected: false }, 'ref_protected'],
    ['the claim is missing', { claims: { ref_protected: undefined } }, 'ref_protected'],
  ])('is rejected when %s', async (_when, job, claim) => {
    expect(await run(job)).toMatchObject({ code: 4, stdout: '', stderr: expect.stringContaining('client_rejected') })
    await expect.poll(() => recipe.rejectedClaims()).toContain(claim)
  })

  it('is rejected when its identity token is valid for longer than an hour', async () => {
    expect(await run({ timeoutSeconds: 7200 })).toMatchObject({ code: 4 })
  })

  it('does not send an identity token for another audience', async () => {
    const audience = 'https://vault.example.com'
    expect(await run({}, audience)).toMatchObject({ code: 2, stderr: expect.stringContaining(audience) })
  })
})
