import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type CircleCi,
  type CircleCiJob,
  startCircleCi,
} from '../../../../scripts/testing/identity-issuers/circleci.test.support.js'
import { documentedRecipe } from './support/documented-recipe.test.support.js'
import { type Recipe, startRecipe } from './support/recipe.test.support.js'

let circleci: CircleCi
let recipe: Recipe
let script: string

beforeAll(async () => {
  const origin = 'https://oidc.circleci.com'
  circleci = await startCircleCi(await mkdtemp(join(tmpdir(), 'circleci-')), { origin })
  const { broker, file } = await documentedRecipe('CircleCI')
  const { jobs } = file('.circleci/config.yml') as { jobs: { deploy: { steps: readonly { run: string }[] } } }
  script = jobs.deploy.steps.at(-1)?.run ?? ''
  recipe = await startRecipe({ config: broker, hosts: { 'oidc.circleci.com': circleci.issuer.port } })
})
afterAll(async () => {
  await recipe?.[Symbol.asyncDispose]()
  await circleci[Symbol.asyncDispose]()
})

const run = (job: CircleCiJob = {}) => recipe.runScript(script, circleci.startJob(job))

describe('a job of CircleCI', () => {
  it('calls the API of Okta', async () => {
    expect(await run()).toMatchObject({ code: 0, stdout: expect.stringContaining('"login"') })
  })

  it.each<[string, CircleCiJob, string]>([
    ['it is of another project', { projectId: 'a74579f1-0000-451e-b009-5c082ad20002' }, 'project-id'],
    ['it builds a fork', { vcsOrigin: 'github.com/mallory/payroll' }, 'vcs-origin'],
    ['it builds a tag with the name of the branch', { vcsRef: 'refs/tags/main' }, 'vcs-ref'],
    ['the claim is missing', { claims: { 'oidc.circleci.com/vcs-ref': undefined } }, 'vcs-ref'],
  ])('is rejected when %s', async (_when, job, claim) => {
    expect(await run(job)).toMatchObject({ code: 4, stdout: '' })
    await expect.poll(() => recipe.rejectedClaims()).toContain(`oidc.circleci.com/${claim}`)
  })

  it('does not send its default token, which is for the organization', async () => {
    const { CIRCLE_OIDC_TOKEN_V2: token = '' } = circleci.startJob()
    const { code, stderr } = await recipe.runScript(script, { CONNECT_OKTA_IDENTITY_TOKEN: token })
    expect(code).toBe(2)
    expect(stderr).toContain(circleci.organizationId)
  })
})
