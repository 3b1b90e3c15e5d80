import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, inject } from 'vitest'
import { buildGo, buildTimeout } from './support/build.test.support.js'
import { describeClients } from './support/describe-clients.test.support.js'

const { openssl, go, goOauth2 } = inject('systemNeeds')
const isMissing = !openssl || !go || !goOauth2
const folder = await mkdtemp(join(tmpdir(), 'go-client-'))

beforeAll(async () => {
  if (!isMissing) await buildGo(fileURLToPath(new URL('go/client.go', import.meta.url)), folder)
}, buildTimeout)
afterAll(() => rm(folder, { recursive: true, force: true }))

describeClients([
  {
    name: 'golang.org/x/oauth2',
    isMissing,
    command: [join(folder, 'program')],
    methods: ['default', 'client_secret_basic', 'client_secret_post', 'identity'],
  },
])
