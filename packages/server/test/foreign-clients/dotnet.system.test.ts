import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, inject } from 'vitest'
import { describeClients } from './support/describe-clients.test.support.js'
import { compile } from './support/run.test.support.js'

const { openssl, dotnetPackages } = inject('systemNeeds')
const isMissing = !openssl || !dotnetPackages
const folder = await mkdtemp(join(tmpdir(), 'dotnet-clients-'))

beforeAll(async () => {
  if (isMissing) return
  for (const name of ['duende', 'msal']) await build(name)
}, 300_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

async function build(name: string): Promise<void> {
  const source = fileURLToPath(new URL(`dotnet/${name}.cs`, import.meta.url))
  // The packages are in this folder, so that nothing is downloaded.
  const packages = ['-p:NuGetAudit=false', `-p:RestorePackagesPath=${dotnetPackages}`]
  const build = ['dotnet', 'build', source, '-v', 'quiet', '-o', join(folder, name)]
  await compile([...build, ...packages], { DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' })
}

describeClients([
  {
    name: 'Duende.IdentityModel',
    isMissing,
    command: ['dotnet', join(folder, 'duende/duende.dll')],
    methods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'identity'],
  },
  {
    name: 'MSAL.NET',
    isMissing,
    command: ['dotnet', join(folder, 'msal/msal.dll')],
    methods: ['client_secret_post', 'identity'],
    // With a certificate, it sends times as text. They must be numbers (RFC 7519 §2).
    rejected: [['private_key_jwt', "'nbf' claim must be a number"]],
  },
])
