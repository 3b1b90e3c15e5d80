import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { buildCsharp, buildGo, buildTimeout } from './support/build.test.support.js'
import { type ForeignBroker, startForeignBroker } from './support/foreign-broker.test.support.js'
import { run } from './support/run.test.support.js'

const { authlib, dotnetPackages, go, goOauth2, openssl } = inject('systemNeeds')
const page = await readFile(new URL('../../../../docs/broker.md', import.meta.url), 'utf8')

describe.skipIf(openssl === undefined)('docs/broker.md', () => {
  let broker: ForeignBroker
  let folder: string
  beforeAll(async () => {
    broker = await startForeignBroker()
    folder = await mkdtemp(join(tmpdir(), 'examples-'))
  })
  afterAll(async () => {
    await broker[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  /** The example in a language, with the URLs of this test. */
  function exampleIn(language: string): string {
    const [, code = ''] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(page) ?? []
    expect(code).not.toBe('')
    return code
      .replaceAll('https://broker.example.com', broker.url)
      .replaceAll('https://example.okta.com', broker.okta.orgUrl.origin)
  }

  async function write(name: string, program: string): Promise<string> {
    await writeFile(join(folder, name), program)
    return join(folder, name)
  }

  /** Runs an example, which calls Okta. */
  async function expectUsers(command: readonly string[], cwd = folder): Promise<void> {
    broker.okta.clearRequests()
    const { code, stderr } = await run(command, { env: { ...broker.credentialsFor('default'), ...broker.trust }, cwd })
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    // The broker may have had a token.
    expect(broker.okta.requests.at(-1)).toMatchObject({ path: '/api/v1/users', status: 200 })
  }

  it('has an example in JavaScript that works', async () => {
    const program = `const secret = process.env.CLIENT_SECRET\n${exampleIn('js')}`
    // The library is one of this package.
    const cwd = fileURLToPath(new URL('../..', import.meta.url))
    await expectUsers([process.execPath, '--input-type=module', '--eval', program], cwd)
  })

  it.skipIf(!authlib)('has an example in Python that works', async () => {
    const program = `import os\nsecret = os.environ["CLIENT_SECRET"]\n${exampleIn('python')}`
    await expectUsers(['/usr/bin/python3', await write('example.py', program)])
  })

  it.skipIf(!go || !goOauth2)(
    'has an example in Go that works',
    async () => {
      const program = `package main
import ("context"; "log"; "os"; "golang.org/x/oauth2/clientcredentials")
func main() {
ctx, secret := context.Background(), os.Getenv("CLIENT_SECRET")
${exampleIn('go')}
if err != nil || response.StatusCode != 200 { log.Fatal(err, response) }
}`
      await buildGo(await write('example.go', program), folder)
      await expectUsers([join(folder, 'program')])
    },
    buildTimeout,
  )

  it.skipIf(!dotnetPackages)(
    'has an example in C# that works',
    async () => {
      const program = `#:package Duende.IdentityModel@8.1.0
#:property PublishAot=false
${exampleIn('csharp').replace('\n\n', '\n\nvar secret = Environment.GetEnvironmentVariable("CLIENT_SECRET");\n')}`
      await buildCsharp(await write('example.cs', program), folder)
      await expectUsers(['dotnet', join(folder, 'example.dll')])
    },
    buildTimeout,
  )
})
