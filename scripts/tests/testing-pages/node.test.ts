import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../pnpm.mjs'
import { readTestingPage } from './page.test.support.js'
import { createProject, type Project } from './project.test.support.js'

const runners = [
  {
    name: 'TypeScript and the library',
    more: ' --testTimeout=60000',
    passed: /Tests +3 passed/,
    failed: /Tests +1 failed \| 3 passed/,
    file: 'tests/more.test.ts',
    test: (body: string) =>
      `import { expect } from 'vitest'\nimport { test } from './okta.js'\ntest('ends', ({ okta }) => { ${body} })`,
  },
  {
    name: 'Vitest',
    // A slow machine is not a failure.
    more: ' --testTimeout=60000',
    passed: /Tests +6 passed/,
    failed: /Tests +1 failed \| 6 passed/,
    file: 'tests/more.test.js',
    test: (body: string) =>
      `import { expect } from 'vitest'\nimport { test } from './okta.js'\ntest('ends', ({ okta }) => { ${body} })`,
  },
  {
    name: 'node:test',
    more: '',
    passed: /pass 3\n/,
    failed: /pass 3\n.*fail 1\n/s,
    file: 'tests/more.test.mjs',
    test: (body: string) => `import { after, test } from 'node:test'
import { startOktaEmulator } from '@connect-okta/emulator'
const expect = value => ({ toBe: other => { if (value !== other) throw new Error('It is different.') } })
const okta = await startOktaEmulator()
after(() => okta.close())
test('ends', () => { ${body} })`,
  },
  {
    name: 'Jest',
    more: ' --testTimeout=60000',
    passed: /Tests: +3 passed/,
    failed: /Tests: +1 failed, 3 passed/,
    file: 'tests/more.test.js',
    test: (body: string) => `test('ends', () => { ${body} })`,
  },
]

describe.each(runners)('docs/testing/node.md, $name', ({ name, more, passed, failed, file, test }) => {
  let project: Project
  let runTests: string
  beforeAll(async () => {
    const sections = name.startsWith('TypeScript') ? [name] : ['The program under test', name]
    const page = await readTestingPage('node', ...sections)
    runTests = `${page.commands.at(-1)?.trim()}${more}`
    project = await createProject(page)
    await project.write('package.json', '{ "private": true }')
    for (const command of page.commands.slice(0, -1)) expect(await project.run(command)).toMatchObject({ exitCode: 0 })
  })
  afterEach(async () => {
    await expect.poll(() => project.programs()).toEqual([])
  })
  afterAll(() => project[Symbol.asyncDispose]())

  it('its tests pass', async () => {
    const { exitCode, output } = await project.run(runTests)
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.stringMatching(passed) })
  })

  if (name.startsWith('TypeScript')) {
    it('its types are right', async () => {
      const types = `--types node --typeRoots '${join(root, 'node_modules/@types')}' --skipLibCheck`
      const options = `--noEmit --strict --exactOptionalPropertyTypes --module nodenext --target es2023 ${types}`
      const compiler = join(root, 'node_modules/.bin/tsc')
      const outcome = await project.run(`'${compiler}' --ignoreConfig ${options} directory.ts tests/*.ts`)
      expect(outcome).toEqual({ exitCode: 0, output: '' })
    })
  }

  it('the emulator ends when a test fails', async () => {
    await project.write(file, test("expect(okta.orgUrl.host).toBe('none')"))
    const { exitCode, output } = await project.run(runTests)
    expect({ exitCode, output }).toEqual({ exitCode: 1, output: expect.stringMatching(failed) })
  })
})
