import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { connect } from '@connect-okta/core'
import { startOktaEmulator } from '@connect-okta/emulator'
import { chromium } from 'playwright-core'
import { chromiumArguments, findSystemNeeds } from '../../scripts/system-needs.mjs'
import { drawTerminal } from './draw-terminal.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)
const redirectUri = 'http://localhost:8080/login/callback'

/** Updates the pictures of the terminal and of the browser by running the programs that they show. */
export async function takePictures() {
  await picture('start.svg', drawTerminal(await demonstration(), 'npm start, in a terminal'))
  await picture('callback-page.png', await callbackPage())
}

const picture = (name, content) => writeFile(join(root, 'docs/pictures', name), content)

async function demonstration() {
  const { stdout } = await run('npm', ['--silent', 'start'], { cwd: root })
  return `$ npm start\n${stdout}`
}

async function callbackPage() {
  const okta = await startOktaEmulator({ port: 8090, clients: [{ kind: 'spa', redirectUris: [redirectUri] }] })
  const browser = await chromium.launch({ executablePath: findSystemNeeds().chromium, args: chromiumArguments })
  try {
    const page = await browser.newPage({ viewport: { width: 620, height: 340 } })
    const [{ login, password }] = okta.users
    const { clientId } = okta.client('spa')
    await connect(
      { tenant: okta.orgUrl.origin, clientId, scopes: ['okta.users.read'], redirectUri },
      {
        async openBrowser(url) {
          await page.goto(url.href)
          await page.getByLabel('Username').fill(login)
          await page.getByLabel('Password').fill(password)
          await page.getByRole('button', { name: 'Sign in' }).click()
        },
      },
    )
    await page.getByRole('heading', { name: 'Connected' }).waitFor()
    return await page.screenshot()
  } finally {
    await browser.close()
    await okta.close()
  }
}
