import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, inject } from 'vitest'
import { describeClients } from './support/describe-clients.test.support.js'
import { compile } from './support/run.test.support.js'

const { openssl, go, goOauth2 } = inject('systemNeeds')
const isMissing = !openssl || !go || !goOauth2
const folder = await mkdtemp(join(tmpdir(), 'go-client-'))
const program = join(folder, 'client')

beforeAll(async () => {
  if (isMissing) return
  // Debian's packages with sources are a GOPATH, so that nothing is downloaded.
  const env = { GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOTOOLCHAIN: 'local', GOCACHE: join(folder, 'cache') }
  const source = fileURLToPath(new URL('go/client.go', import.meta.url))
  await compile([go, 'build', '-o', program, source], env)
}, 300_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

describeClients([
  {
    name: 'golang.org/x/oauth2',
    isMissing,
    command: [program],
    methods: ['default', 'client_secret_basic', 'client_secret_post', 'identity'],
  },
])
