import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../pnpm.mjs'
import { readRecipePage } from './recipe-page.test.support.js'
import { type RecipeUser, startRecipeUser } from './recipe-user.test.support.js'

describe('docs/recipes/terraform.md', async () => {
  const page = await readRecipePage('terraform')
  const [login = '', ...rest] = page.commands
  const commands = rest.flatMap(block => block.trim().split('\n'))
  let user: RecipeUser

  beforeAll(async () => {
    user = await startRecipeUser(['okta.groups.manage', 'okta.users.read'])
    await writeFile(join(user.home, 'keys/okta-terraform.json'), user.key, { mode: 0o600 })
    // Terraform cannot be installed in a test. This program reads the variables of its provider for Okta, and calls the API.
    const call = join(root, 'packages/cli/test/support/call-okta.test.support.mjs')
    await user.addProgram(
      'terraform',
      `test -z "$OKTA_API_TOKEN$OKTA_API_PRIVATE_KEY" && exec '${process.execPath}' '${call}' terraform`,
    )
    expect(await user.run(login.replace('okta.groups.manage', 'okta.groups.manage,okta.users.read'))).toMatchObject({
      code: 0,
    })
  })
  afterAll(() => user[Symbol.asyncDispose]())

  it.each(commands)('runs with a token: %s', async command => {
    const env = { OKTA_API_TOKEN: 'another credential' }
    const { code, stdout } = await user.run(command, env)
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('"status":200') })
  })

  it('has a configuration without credentials', () => {
    expect(page.file('main.tf')).toMatch(/^provider "okta" \{\}$/m)
  })

  it('fails as described when terraform is missing', async () => {
    const command = (commands[0] ?? '').replace('-- terraform', '--for terraform -- missing-terraform')
    expect(await user.run(command)).toMatchObject({ code: 6, stderr: expect.stringContaining('program_not_started') })
  })
})
