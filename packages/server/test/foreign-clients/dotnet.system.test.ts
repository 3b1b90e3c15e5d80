import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, inject } from 'vitest'
import { buildCsharp, buildTimeout } from './support/build.test.support.js'
import { describeClients } from './support/describe-clients.test.support.js'

const { openssl, dotnetPackages } = inject('systemNeeds')
const isMissing = !openssl || !dotnetPackages
const folder = await mkdtemp(join(tmpdir(), 'dotnet-clients-'))

beforeAll(async () => {
  if (isMissing) return
  for (const name of ['duende', 'msal']) {
    await buildCsharp(fileURLToPath(new URL(`dotnet/${name}.cs`, import.meta.url)), join(folder, name))
  }
}, buildTimeout)
afterAll(() => rm(folder, { recursive: true, force: true }))

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
