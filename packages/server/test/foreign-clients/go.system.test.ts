import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, inject } from 'vitest'
import { describeClient } from './support/describe-client.test.support.js'

const { openssl, go, goOauth2 } = inject('systemNeeds')
const isMissing = !openssl || !go || !goOauth2
const folder = await mkdtemp(join(tmpdir(), 'go-client-'))
const program = join(folder, 'client')

beforeAll(async () => {
  if (isMissing) return
  // Debian's packages with sources are a GOPATH, so that nothing is downloaded.
  const env = { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode', GOTOOLCHAIN: 'local' }
  const source = fileURLToPath(new URL('go/client.go', import.meta.url))
  await promisify(execFile)(go, ['build', '-o', program, source], { env: { ...env, GOCACHE: join(folder, 'cache') } })
}, 300_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

describeClient({
  name: 'golang.org/x/oauth2',
  isMissing,
  command: [program],
  methods: ['client_secret_basic', 'client_secret_post'],
})
