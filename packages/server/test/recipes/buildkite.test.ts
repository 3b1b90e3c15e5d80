import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  type Buildkite,
  type BuildkiteJob,
  startBuildkite,
} from '../../../../scripts/testing/identity-issuers/buildkite.test.support.js'
import { documentedRecipe } from './support/documented-recipe.test.support.js'
import { type Recipe, startRecipe } from './support/recipe.test.support.js'

let buildkite: Buildkite
let recipe: Recipe
let script: string

beforeAll(async () => {
  const origin = 'https://agent.buildkite.com'
  buildkite = await startBuildkite(await mkdtemp(join(tmpdir(), 'agent-')), { origin })
  const { broker, file } = await documentedRecipe('Buildkite')
  script = (file('.buildkite/pipeline.yml') as { steps: [{ command: string }] }).steps[0].command
  recipe = await startRecipe({ config: broker, hosts: { 'agent.buildkite.com': buildkite.issuer.port } })
})
afterAll(async () => {
  await recipe?.[Symbol.asyncDispose]()
  await buildkite[Symbol.asyncDispose]()
})

const run = (job: BuildkiteJob = {}) => recipe.runScript(script, buildkite.startJob(job))

describe('a job of Buildkite', () => {
  it('calls the API of Okta', async () => {
    expect(await run()).toMatchObject({ code: 0, stdout: expect.stringContaining('"login"') })
  })

  it.each<[string, BuildkiteJob, string]>([
    [
      'another organization has the same slug',
      { organizationId: '0184990a-0000-4fa8-9968-496074483001' },
      'organization_id',
    ],
    ['another pipeline has the same slug', { pipelineId: '0184990a-0000-42b5-afc1-16715b10b002' }, 'pipeline_id'],
    ['it builds another branch', { branch: 'mallory:main' }, 'build_branch'],
    ['the claim is missing', { claims: { pipeline_id: undefined } }, 'pipeline_id'],
  ])('is rejected when %s', async (_when, job, claim) => {
    expect(await run(job)).toMatchObject({ code: 4, stdout: '' })
    await expect.poll(() => recipe.rejectedClaims()).toContain(claim)
  })
})
