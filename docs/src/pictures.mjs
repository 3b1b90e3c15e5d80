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
const redirectUri = 'http://localhost:8080/login/callback'

/** Updates the pictures of the terminal and of the browser by running the programs that they show. */
export async function takePictures() {
  await picture('cli.svg', drawTerminal(await cliSession(), 'connect-okta in a terminal'))
  await picture('start.svg', drawTerminal(await demonstration(), 'npm start, in a terminal'))
  await picture('callback-page.png', await callbackPage())
}

const picture = (name, content) => writeFile(join(root, 'docs/pictures', name), content)

async function demonstration() {
  const { stdout } = await run('npm', ['--silent', 'start'], { cwd: root })
  return `$ npm start\n${stdout}`
}

// A user signs in at the emulator. The picture has the host name of the examples, and no line that is longer than the others.
async function cliSession() {
  const clientId = '0oa1a2b3c4d5e6f7g8h9'
  const okta = await startOktaEmulator({
    clients: [{ kind: 'spa', clientId, redirectUris: [redirectUri] }],
    users: [{ login: 'ada@example.com', password: 'correct horse', firstName: 'Ada', lastName: 'Lovelace' }],
  })
  const home = await mkdtemp(join(tmpdir(), 'picture-'))
  try {
    const browser = join(home, 'browser.mjs')
    await writeFile(browser, signInProgram, { mode: 0o700 })
    const script = `
      connect-okta() { '${process.execPath}' '${root}/packages/cli/dist/main.cjs' "$@"; }
      type() { echo "$ $1"; eval "$1"; echo; }
      type 'connect-okta login --tenant ${okta.orgUrl.origin} --client-id ${clientId} --scopes okta.users.read'
      type "connect-okta api /api/v1/users/me | jq --compact-output '.profile | {login, firstName}'"
      type 'connect-okta logout'`
    const env = { PATH: process.env.PATH, HOME: home, BROWSER: browser, CONNECT_OKTA_STORE: 'file' }
    const { stdout } = await run('bash', ['-c', `exec 2>&1\n${script}`], { env })
    return stdout
      .replaceAll(/https?:\/\/127[\d.:]+\/oauth2\/v1\/authorize\S*/g, 'https://example.okta.com/oauth2/v1/authorize?…')
      .replaceAll(okta.orgUrl.origin, okta.orgUrl.host)
      .replaceAll(okta.orgUrl.host, 'example.okta.com')
      .replaceAll(home, '~')
      .replace(' --client-id', ' \\\n    --client-id')
  } finally {
    await okta.close()
    await rm(home, { recursive: true, force: true })
  }
}

const emulator = new URL('../../packages/emulator/dist/index.js', import.meta.url).href
const signInProgram = `#!${process.execPath}
import { openedAddress, ScriptedBrowser } from ${JSON.stringify(emulator)}
const url = openedAddress(process.argv[2])
await new ScriptedBrowser({ orgUrl: new URL(url.origin) }).visit(url, { login: 'ada@example.com', password: 'correct horse' })
`

async function callbackPage() {
  const okta = await startOktaEmulator({ port: 8070, clients: [{ kind: 'spa', redirectUris: [redirectUri] }] })
  const browser = await chromium.launch({ executablePath: findSystemNeeds().chromium, args: chromiumArguments })
  try {
    const page = await browser.newPage({ viewport: { width: 620, height: 390 } })
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
