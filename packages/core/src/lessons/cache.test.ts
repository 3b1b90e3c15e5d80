import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { connect, createFileStore, createMemoryStore, listLogins, resume } from '../index.js'
import { Person, startSignInOrg } from '../person.test.support.js'
import { startServiceOrg } from '../service-app.test.support.js'

// What hurt the users of other tools, thread by thread, and what happens here. Each row stands alone.
type Row = readonly [behaviour: string, threads: string, shows: () => Promise<void>]

const hourMs = 3600_000
const newFileStore = async () =>
  createFileStore({ directory: join(await mkdtemp(join(tmpdir(), 'lessons-')), 'tokens') })

const cache: Row[] = [
  [
    'a program that runs for hours has a good token at every hour',
    'okta-sdk-python#363, okta-sdk-java#879, okta-sdk-dotnet#616',
    async () => {
      await using org = await startServiceOrg()
      let passedMs = 0
      const session = await connect(org.options, { ...org.deps, now: () => Date.now() + passedMs })
      for (let hour = 0; hour < 3; hour++) {
        passedMs += hourMs
        org.okta.advanceClock(hourMs)
        expect((await session.fetch('/api/v1/users')).status).toBe(200)
      }
      expect(org.tokenAnswers()).toHaveLength(4)
    },
  ],
  [
    'two orgs that look the same but for their address never share a token',
    'okta-aws-cli#264',
    async () => {
      await using one = await startServiceOrg()
      await using two = await startServiceOrg({ clientId: one.options.clientId, jwks: { keys: [] } })
      const { store } = one.deps
      await connect(one.options, { store })
      await expect(connect({ ...one.options, tenant: two.options.tenant }, { store })).rejects.toThrow()
      await expect(resume({ tenant: two.options.tenant }, { store })).rejects.toMatchObject({ code: 'login_required' })
    },
  ],
  [
    'a refresh token that has ended is forgotten, and the person asked once',
    'okta-aws-cli#220',
    async () => {
      await using org = await startSignInOrg()
      const store = createMemoryStore()
      const person = new Person(org.okta)
      const deps = { store, openBrowser: person.openBrowser }
      const session = await connect(org.app(), deps)
      await org.okta.reset()
      await session.token({ forceRefresh: true })
      expect(person.opened).toHaveLength(2)
    },
  ],
  [
    'a program that starts again finds its token',
    'okta-mcp-server#42',
    async () => {
      await using org = await startServiceOrg()
      const store = await newFileStore()
      await connect(org.options, { store })
      org.okta.clearRequests()
      expect((await (await connect(org.options, { store })).token()).source).toBe('memory')
      expect(org.okta.requests).toEqual([])
    },
  ],
  [
    'sign-ins at the same time wait for the first, and open one tab',
    'kubelogin#389, aws-vault#1275',
    async () => {
      await using org = await startSignInOrg()
      const store = await newFileStore()
      const person = new Person(org.okta)
      const deps = { store, openBrowser: person.openBrowser }
      await Promise.all(Array.from({ length: 100 }, () => connect(org.app(), deps)))
      expect(person.opened).toHaveLength(1)
    },
  ],
  [
    'two who refresh at once do it one after the other, and the second uses what the first got',
    'workers-sdk#15089',
    async () => {
      await using org = await startSignInOrg()
      const store = await newFileStore()
      await connect(org.app(), { store, openBrowser: new Person(org.okta).openBrowser })
      const sessions = await Promise.all([resume({}, { store }), resume({}, { store })])
      await Promise.all(sessions.map(session => session.token()))
      org.okta.clearRequests()
      const tokens = await Promise.all(sessions.map(session => session.token({ forceRefresh: true })))
      expect(new Set(tokens.map(({ value }) => value)).size).toBe(1)
      expect(org.okta.requests.filter(({ path }) => path.endsWith('/token'))).toHaveLength(1)
    },
  ],
  [
    'the lock of a process that died is taken over',
    'microsoft-authentication-library-for-js#7148',
    async () => {
      const directory = join(await mkdtemp(join(tmpdir(), 'lessons-')), 'tokens')
      const module = new URL('../../dist/bundle/index.js', import.meta.url).href
      const script = `import { createFileStore } from ${JSON.stringify(module)}
        const store = createFileStore({ directory: ${JSON.stringify(directory)} })
        await store.exclusive('key', () => new Promise(() => { console.log('held'); setInterval(() => {}, 1000) }))`
      const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await once(holder.stdout, 'data')
      holder.kill('SIGKILL')
      await once(holder, 'exit')
      expect(await createFileStore({ directory }).exclusive('key', async () => 'in')).toBe('in')
    },
  ],
  [
    'nobody waits for a lock of their own',
    'cloudflared#1692',
    async () => {
      await using org = await startServiceOrg()
      const store = await newFileStore()
      const notify = () => void listLogins({ store })
      const sessions = await Promise.all([
        connect(org.options, { store, notify }),
        connect(org.options, { store, notify }),
      ])
      await Promise.all(sessions.map(session => session.token({ forceRefresh: true })))
      await sessions[0]?.disconnect()
    },
  ],
  [
    'who wants files needs no keyring, nor the library for one',
    'microsoft-authentication-library-for-js#6160, #7170',
    async () => {
      const module = new URL('../../dist/bundle/index.js', import.meta.url).href
      const refuse = `export const resolve = (name, context, next) => {
        if (name.startsWith('@napi-rs')) throw new Error('there is no ' + name)
        return next(name, context)
      }`
      const script = `import { register } from 'node:module'
        register('data:text/javascript,' + encodeURIComponent(${JSON.stringify(refuse)}))
        const { openStore, listLogins } = await import(${JSON.stringify(module)})
        console.log((await listLogins({ store: openStore('file') })).length)`
      const env = { PATH: process.env.PATH, CONNECT_OKTA_STATE_DIR: await mkdtemp(join(tmpdir(), 'lessons-')) }
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], { env })
      expect(stdout).toBe('0\n')
    },
  ],
]

describe.each<[string, readonly Row[]]>([['expiry, cache and races', cache]])(
  'learnt from others, about %s:',
  (_about, rows) => {
    it.each(rows)('%s (%s)', async (_behaviour, _threads, shows) => await shows())
  },
)
