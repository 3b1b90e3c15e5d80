import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createPrivateKey, createPublicKey, type JsonWebKey } from 'node:crypto'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest'
import { publicJwkOf, sshAgentSigner } from '../../packages/core/dist/exports/keys.js'
import { currentEnvironment } from '../../packages/core/dist/exports/profiles.js'
import { connect } from '../../packages/core/dist/index.js'
import { freePort, type OktaEmulator, ScriptedBrowser, startOktaEmulator } from '../../packages/emulator/dist/index.js'
import { browserProgram } from '../testing/browser-program.test.support.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)
const names = (await readdir(join(root, 'docs/library'))).map(name => `library/${name}`)
const pages = await Promise.all(['library.md', ...names].map(name => readFile(join(root, 'docs', name), 'utf8')))
const blocks = [...pages.join('\n').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = '']) => code)

let ports: readonly number[]
const redirectUri = 'https://app.example/login/callback'
let okta: OktaEmulator
let folder: string
let compilerOutput: string
let accessToken: string
let agent: ChildProcess | undefined
const needs = inject('systemNeeds')

beforeAll(async () => {
  ports = [await freePort(), await freePort()]
  folder = await mkdtemp(join(tmpdir(), 'library-doc-'))
  const keyInAgent = needs.sshAgent && (await startAgent(needs.sshAgent))
  const web = { grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'] }
  okta = await startOktaEmulator({
    authorizationServers: [{ id: 'default', scopes: ['orders.read'] }],
    clients: [
      {
        kind: 'service',
        clientId: '0oaServiceApp0000001',
        scopes: ['okta.users.read', 'okta.users.manage', 'okta.groups.manage'],
      },
      ...(keyInAgent
        ? [{ kind: 'service' as const, clientId: '0oaServiceApp0000002', jwks: { keys: [keyInAgent as never] } }]
        : []),
      { kind: 'web', clientId: '0oaWebApp00000000001', ...web },
      {
        kind: 'spa',
        clientId: '0oaSinglePageApp0001',
        redirectUris: ports
          .map(port => `http://localhost:${port}/login/callback`)
          .concat('http://localhost:8080/login/callback'),
      },
      { kind: 'native', clientId: '0oaNativeApp00000001' },
      { kind: 'spa', clientId: '0oaWebServerApp00001', redirectUris: [redirectUri] },
    ],
  })
  await mkdir(join(folder, 'node_modules/@connect-okta'), { recursive: true })
  for (const name of ['core', 'emulator']) {
    await symlink(join(root, 'packages', name), join(folder, 'node_modules/@connect-okta', name))
  }
  for (const name of ['@types', 'openapi-fetch']) {
    await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
  const service = okta.clients.find(({ clientId }) => clientId === '0oaServiceApp0000001')
  const webApp = okta.clients.find(({ kind }) => kind === 'web')
  accessToken = await tokenOf(service)
  await write('key.json', JSON.stringify(service?.jwk))
  const key = createPrivateKey({ key: service?.jwk as JsonWebKey, format: 'jwk' })
  await write('key.pem', String(key.export({ format: 'pem', type: 'pkcs8' })))
  await write('public.pem', String(createPublicKey(key).export({ format: 'pem', type: 'spki' })))
  await write('secret.txt', webApp?.clientSecret ?? '')
  await write('api-token.txt', okta.apiTokens[0]?.value ?? '')
  await write('package.json', '{"type":"module"}')
  await write('browser.ts', browserModule())
  await write('browser.mjs', browserProgram(okta.users[0]), 0o755)
  await write('sign-in.mjs', signInProgram())
  await Promise.all(blocks.map((block, index) => write(fileOf(index), localised(block))))
  await write('tsconfig.json', JSON.stringify({ extends: join(root, 'tsconfig.base.json'), include: ['*.ts'] }))
  const compiler = run(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { cwd: folder })
  compilerOutput = await compiler.then(
    ({ stdout }) => stdout,
    error => `${error.stdout}${error.stderr}`,
  )
})
afterAll(async () => {
  agent?.kill()
  await okta.close()
})

const agentSocket = () => join(folder, 'agent')

/** Starts an ssh-agent with a key, and returns its public JWK. */
async function startAgent(program: string): Promise<object> {
  const env = { PATH: process.env.PATH ?? '', SSH_AUTH_SOCK: agentSocket() }
  agent = spawn(program, ['-D', '-a', agentSocket()], { stdio: 'ignore' })
  await vi.waitUntil(() => existsSync(agentSocket()))
  await run('ssh-keygen', ['-q', '-t', 'ecdsa', '-N', '', '-C', 'okta-production', '-f', join(folder, 'ssh-key')])
  await run('ssh-add', ['-q', join(folder, 'ssh-key')], { env })
  return publicJwkOf(await sshAgentSigner('okta-production', { environment: currentEnvironment(env) }))
}

async function tokenOf({ clientId = '', jwk = {} }: Partial<OktaEmulator['clients'][number]> = {}): Promise<string> {
  const options = { tenant: okta.orgUrl.origin, clientId, jsonWebKey: jwk, scopes: ['okta.users.read'] }
  const session = await connect(options)
  return (await session.token()).value
}

const write = (name: string, text: string, mode = 0o600) => writeFile(join(folder, name), text, { mode })
const fileOf = (index: number) => `example-${index}.ts`
// An example, with the org of the emulator and free ports.
const localised = (block: string) =>
  (block.includes('// GET /login/callback') ? `${block}${twoUsers}` : block)
    .replaceAll("'example.okta.com'", `'${okta.orgUrl.origin}'`)
    .replaceAll(/localhost:808([01])/g, (_all, index) => `localhost:${ports[index]}`)

// Uses the web server of an example with two browsers.
const twoUsers = `
const { redirectedFrom } = await import('./browser.js')
const [ada, grace]: [BrowserSession, BrowserSession] = [{ id: randomUUID() }, { id: randomUUID() }]
for (const browser of [ada, grace]) await callback(browser, await redirectedFrom(await login(browser)))
await logout(grace)
if (!(await me(ada))?.startsWith('200 00u')) throw new Error('the first user is not signed in')
if ((await me(grace)) !== undefined) throw new Error('the second user is signed in after the logout')
`

const signInOf = () => {
  const { login, password } = okta.users[0] ?? {}
  return JSON.stringify({ login, password })
}

// Signs a user in, and returns the URL that Okta redirects the browser to.
const browserModule = () => `
import { ScriptedBrowser } from '@connect-okta/emulator'
export const redirectedFrom = (url: URL): Promise<URL> =>
  new ScriptedBrowser({ orgUrl: new URL(url.origin) }).signIn(url, ${signInOf()})
`

// Stores a token for an example that uses a stored one.
const signInProgram = () => `
import { connect } from '@connect-okta/core'
import { openStore } from '@connect-okta/core/stores'
const app = { clientId: '0oaSinglePageApp0001', redirectUri: 'http://localhost:${ports[0]}/login/callback' }
const options = { tenant: '${okta.orgUrl.origin}', scopes: ['okta.users.read'], ...app }
await connect(options, { store: openStore('auto') })
`

/** Does what a line of the output asks the user to do. */
async function answer(line: string, stdin: NodeJS.WritableStream): Promise<void> {
  const [user] = okta.users
  if (user === undefined) throw new Error('the org has no user')
  const opened = /^Open (http\S+)/.exec(line)?.[1]
  if (opened !== undefined) stdin.write(`${(await new ScriptedBrowser(okta).signIn(new URL(opened), user)).href}\n`)
  const activation = /Or open (http\S+)/.exec(line)?.[1]
  if (activation !== undefined) await new ScriptedBrowser(okta).activate(activation, user)
}

async function runExample(index: number): Promise<{ exitCode: unknown; output: string }> {
  const home = join(folder, `home-${index}`)
  await mkdir(home)
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    BROWSER: join(folder, 'browser.mjs'),
    OKTA_ACCESS_TOKEN: accessToken,
    SSH_AUTH_SOCK: agentSocket(),
    CONNECT_OKTA_STORE_KEY: Buffer.alloc(32, 7).toString('base64'),
  }
  if (blocks[index]?.includes('accept:')) await run(process.execPath, ['sign-in.mjs'], { cwd: folder, env })
  const program = spawn(process.execPath, [fileOf(index).replace('.ts', '.js')], { cwd: folder, env })
  let output = ''
  for (const stream of [program.stdout, program.stderr]) {
    createInterface({ input: stream }).on('line', async line => {
      output += `${line}\n`
      await answer(line, program.stdin)
    })
  }
  const [exitCode] = await once(program, 'close')
  return { exitCode, output }
}

describe('the pages about the library', () => {
  it('type-check', () => {
    expect(compilerOutput).toBe('')
  })

  const isMissing = (block: string) =>
    (block.includes('sshAgentSigner') && needs.sshAgent === undefined) ||
    (block.includes("'openssl'") && needs.openssl === undefined)
  const examples = blocks.map((block, index) => ({
    index,
    line: block.split('\n').find(line => /await|const/.test(line)) ?? '',
    test: it.skipIf(isMissing(block)),
  }))
  for (const { line, index, test } of examples) {
    test(`runs: ${line}`, async () => {
      const { exitCode, output } = await runExample(index)
      expect({ exitCode, output }).toEqual({ exitCode: 0, output: expect.not.stringMatching(/Error/) })
    })
  }

  it('use every exported value in an example', async () => {
    const code = blocks.join('\n')
    const folder = join(root, 'packages/core/src')
    const modules = ['index.ts', ...(await readdir(join(folder, 'exports'))).map(name => `exports/${name}`)]
    const declared = await Promise.all(modules.map(name => readFile(join(folder, name), 'utf8')))
    const values = [...declared.join('\n').matchAll(/export \{([^}]*)\}/g)]
      .flatMap(([, list = '']) => list.split(','))
      .map(name => name.trim())
      .filter(name => name !== '' && !name.startsWith('type '))
    expect(values.filter(name => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([])
  })
})
