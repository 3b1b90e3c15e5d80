import { chmod, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OktaEmulator, startOktaEmulator } from '@connect-okta/emulator'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { describeInPowerShell, Shell } from '../support/shell.test.support.js'
import { freeRedirectUri } from '../support/user-browser.test.support.js'

const executablePath = inject('systemNeeds').chromium

// Signs a user in by keyboard, and waits for the page that confirms the connection.
const program = `
import { writeFileSync } from 'node:fs'
import { chromium } from '${import.meta.resolve('playwright-core')}'
const { login, password } = JSON.parse(process.env.USER_CREDENTIALS)
const context = await chromium.launchPersistentContext(process.env.PROFILE, {
  executablePath: process.env.CHROMIUM,
  args: JSON.parse(process.env.CHROMIUM_ARGUMENTS),
})
const page = await context.newPage()
await page.goto(process.argv[2])
await page.getByLabel('Username').fill(login)
await page.getByLabel('Password').fill(password)
await page.getByLabel('Password').press('Enter')
const heading = page.getByRole('heading', { name: 'Connected to' })
await heading.waitFor()
writeFileSync(process.env.SEEN, await heading.innerText())
await context.close()
`

describeInPowerShell('Connect-Okta with Chromium', () => {
  let okta: OktaEmulator
  let shell: Shell
  let folder: string
  let redirectUri: string

  beforeAll(async () => {
    redirectUri = await freeRedirectUri()
    okta = await startOktaEmulator({ clients: [{ kind: 'spa', redirectUris: [redirectUri] }] })
    folder = await mkdtemp(join(tmpdir(), 'chromium-'))
    const command = join(folder, 'browser')
    await writeFile(`${command}.mjs`, program)
    await writeFile(command, `#!/bin/sh\nexec "${process.execPath}" "${command}.mjs" "$1"\n`)
    await chmod(command, 0o755)
    const [user] = okta.users
    shell = await Shell.start({
      BROWSER: command,
      USER_CREDENTIALS: JSON.stringify({ login: user?.login, password: user?.password }),
      PROFILE: join(folder, 'profile'),
      CHROMIUM: executablePath ?? '',
      CHROMIUM_ARGUMENTS: JSON.stringify(inject('chromiumArguments')),
      SEEN: join(folder, 'seen'),
    })
  })
  afterAll(async () => {
    await shell[Symbol.asyncDispose]()
    await okta.close()
  })

  it.skipIf(executablePath === undefined)('signs a user in and confirms it on the page', async () => {
    const { output, errors } = await shell.run(
      `Connect-Okta -Tenant $given.tenant -ClientId $given.clientId -RedirectUri $given.redirectUri -Scopes okta.users.read
      (Invoke-OktaApi -Path /api/v1/users/me).profile.login
      $until = [DateTime]::UtcNow.AddSeconds(20)
      while (-not [IO.File]::Exists($env:SEEN) -and [DateTime]::UtcNow -lt $until) { [Threading.Thread]::Sleep(50) }
      [IO.File]::ReadAllText($env:SEEN)`,
      { tenant: okta.orgUrl.origin, clientId: okta.client('spa').clientId, redirectUri },
    )
    expect({ output, errors }).toEqual({
      output: [okta.users[0]?.login, expect.stringContaining(`Connected to ${okta.orgUrl.host}`)],
      errors: [],
    })
  })
})
