import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
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
const clientId = '0oaProgramByKey00001'
const main = join(root, 'packages/cli/dist/main.cjs')
const redirectUri = 'http://localhost:8080/login/callback'

/** Makes the pictures of the terminal and of the browser anew, by running the programs that they show. */
export async function takePictures() {
  await picture('start.svg', drawTerminal(await demonstration(), 'npm start, in a terminal'))
  await picture('login.svg', drawTerminal(await commandLine(), 'connect-okta, in a terminal'))
  await picture('callback-page.png', await callbackPage())
}

const picture = (name, content) => writeFile(join(root, 'docs/pictures', name), content)

async function demonstration() {
  const { stdout } = await run('npm', ['start'], { cwd: root })
  return `$ npm start\n${stdout}`
}

// What a person at a terminal sees: both streams, command after command.
async function commandLine() {
  const okta = await startOktaEmulator({ port: 8090, clients: [{ kind: 'service', clientId }] })
  const home = await mkdtemp(join(tmpdir(), 'home-'))
  try {
    await writeFile(join(home, 'key.json'), JSON.stringify(okta.client('service').jwk), { mode: 0o600 })
    const seen = []
    const type = async (command, ...args) => {
      const env = { PATH: process.env.PATH, HOME: home, NO_COLOR: '1' }
      const argv = ['--store', 'file', ...args.filter(one => one !== '\\\n ')]
      const { stdout, stderr } = await run(process.execPath, [main, command, ...argv], { env, cwd: home })
      seen.push(`$ connect-okta ${[command, ...args].join(' ')}`, `${stderr}${stdout}`.trimEnd())
    }
    const app = ['--tenant', okta.orgUrl.origin, '--client-id', clientId]
    await type('login', ...app, '\\\n ', '--scopes', 'okta.users.read', '--jwk-file', 'key.json')
    await type('status')
    await type('logout', '--jwk-file', 'key.json')
    return seen.join('\n').replaceAll(home, '~')
  } finally {
    await rm(home, { recursive: true, force: true })
    await okta.close()
  }
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
