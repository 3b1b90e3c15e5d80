import { existsSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readTestingPage } from './page.test.support.js'
import { createProject, type Project } from './project.test.support.js'

const modules = ['pytest', 'xdist', 'requests', 'authlib', 'flask'].map(
  name => `/usr/lib/python3/dist-packages/${name}`,
)
const page = await readTestingPage('python')

describe.skipIf(!modules.every(existsSync))('docs/testing/python.md', () => {
  let project: Project
  beforeAll(async () => {
    project = await createProject(page)
    // Debian's packages are those that pip would install.
    const commands = page.commands.filter(command => command.startsWith('npm'))
    for (const command of commands) expect(await project.run(command)).toMatchObject({ exitCode: 0 })
  })
  afterAll(() => project[Symbol.asyncDispose]())

  const pytest = page.commands.filter(command => command.includes('-m pytest'))
  it.each(pytest)('its tests pass: %s', async command => {
    const { exitCode, output } = await project.run(command.replace('python3', '/usr/bin/python3'))
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.stringContaining('8 passed') })
  })

  describe('the emulator of its fixture ends', () => {
    afterEach(async () => {
      await expect.poll(() => project.programs()).toEqual([])
      await project.remove('tests/test_more.py')
    })

    it('when a test fails', async () => {
      await project.write('tests/test_more.py', 'def test_fails(okta):\n    assert okta.requests() == 1\n')
      const { exitCode, output } = await project.run('/usr/bin/python3 -m pytest')
      expect({ exitCode, output }).toEqual({ exitCode: 1, output: expect.stringContaining('1 failed, 8 passed') })
    })

    it('when pytest is killed', async () => {
      const kill =
        'import os\n\n\ndef test_ends(okta):\n    print(okta.org_url, flush=True)\n    os.kill(os.getpid(), 9)\n'
      await project.write('tests/test_more.py', kill)
      const { exitCode, output } = await project.run('/usr/bin/python3 -m pytest --capture=no tests/test_more.py')
      expect({ exitCode, output }).toEqual({
        exitCode: 137,
        output: expect.stringContaining('http://127.0.0.1:'),
      })
    })

    it('and its error is printed, when it cannot start', async () => {
      await project.write('tests/org.yaml', 'clients:\n  - kind: servce\n')
      const { exitCode, output } = await project.run('/usr/bin/python3 -m pytest')
      expect(exitCode).toBe(1)
      expect(output).toContain('org.yaml')
      expect(output).toContain('The emulator did not start.')
    })
  })
})
