import { execFile, spawn } from 'node:child_process'
import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, connect as connectSocket } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { startOktaEmulator } from '@connect-okta/emulator'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { makePrivateCertificate } from './certificate-authority.test.support.js'
import { connect, createFileStore, createMemoryStore, generateClientKey, listLogins, resume } from './index.js'
import { findBrowser } from './open-browser.js'
import { Person, startSignInOrg } from './person.test.support.js'
import { startServiceOrg } from './service-app.test.support.js'

// What hurt the users of other tools, thread by thread, and what happens here. Each row stands alone.
type Row = readonly [behaviour: string, threads: string, shows: () => Promise<void>]

const hourMs = 3600_000
const newFileStore = async () =>
  createFileStore({ directory: join(await mkdtemp(join(tmpdir(), 'lessons-')), 'tokens') })

/** Sees every request to the token endpoint go by. */
function watching(): { bodies: URLSearchParams[]; proofs: Record<string, unknown>[]; fetch: typeof fetch } {
  const bodies: URLSearchParams[] = []
  const proofs: Record<string, unknown>[] = []
  return {
    bodies,
    proofs,
    fetch: async (input, init) => {
      bodies.push(new URLSearchParams(String(init?.body ?? '')))
      const proof = new Headers(init?.headers).get('dpop')
      if (proof !== null) proofs.push(decodeJwt(proof))
      return await fetch(input, init)
    },
  }
}

const dpop: Row[] = [
  [
    'an app with DPoP, the default for new ones, connects without being told',
    'okta-sdk-nodejs#424',
    async () => {
      await using org = await startServiceOrg({ dpop: true })
      const session = await connect(org.options, org.deps)
      expect((await session.token()).type).toBe('DPoP')
      expect((await session.fetch('/api/v1/users')).status).toBe(200)
    },
  ],
  [
    'an app that is known to want a proof gets it first: no failed grant in its log',
    'okta-sdk-golang#598',
    async () => {
      await using org = await startServiceOrg({ dpop: true })
      const session = await connect(org.options, org.deps)
      org.okta.clearRequests()
      await session.token({ forceRefresh: true })
      expect(org.tokenAnswers()).toEqual([200])
    },
  ],
  [
    'a nonce that has changed is taken from the refusal, and the request sent again',
    'caipe-io/ai-platform-engineering#2023',
    async () => {
      await using org = await startServiceOrg({ dpop: true })
      const session = await connect(org.options, org.deps)
      org.okta.clearRequests()
      org.okta.rotateDpopNonce({ keepPrevious: false })
      await session.token({ forceRefresh: true })
      expect(org.tokenAnswers()).toEqual(['use_dpop_nonce', 200])
    },
  ],
  [
    'a proof names the address without its query, and normalised',
    'okta-sdk-nodejs#453',
    async () => {
      await using org = await startServiceOrg({ dpop: true })
      const session = await connect(org.options, org.deps)
      const { host, origin } = org.okta.orgUrl
      const { dpop = '' } = await session.authorization('get', `HTTP://${host}/api/../api/v1/users?limit=1#top`)
      expect(decodeJwt(dpop)).toMatchObject({ htu: `${origin}/api/v1/users`, htm: 'GET' })
    },
  ],
  [
    'DPoP that is enforced and not wanted is an error with a name, never an empty token',
    'terraform-provider-okta#2658',
    async () => {
      await using org = await startServiceOrg({ dpop: true })
      await expect(connect({ ...org.options, dpop: 'never' }, org.deps)).rejects.toMatchObject({
        code: 'dpop_rejected',
      })
    },
  ],
  [
    'the nonce is taken from every answer, a refusal for too many requests too',
    'speakeasy-api/gram#6502',
    async () => {
      await using org = await startServiceOrg({ dpop: true })
      const session = await connect(org.options, org.deps)
      const watch = watching()
      const again = await resume({ jsonWebKey: org.options.jsonWebKey ?? {} }, { ...org.deps, fetch: watch.fetch })
      org.okta.fault({ endpoint: '/oauth2/v1/token', status: 429, times: 1, headers: { 'dpop-nonce': 'from-the-429' } })
      await again.token({ forceRefresh: true })
      expect(watch.proofs[1]?.nonce).toBe('from-the-429')
      expect((await session.token()).type).toBe('DPoP')
    },
  ],
]

const keys: Row[] = [
  [
    'an assertion lives five minutes: a clock that is fast does not break it',
    'okta-sdk-python#382, okta-sdk-golang#573',
    async () => {
      await using org = await startServiceOrg()
      const watch = watching()
      await connect(org.options, { ...org.deps, fetch: watch.fetch })
      const { exp = 0, iat = 0 } = decodeJwt(watch.bodies[0]?.get('client_assertion') ?? '')
      expect(exp - iat).toBe(300)
      org.okta.setClock({ offsetMs: -60_000 })
      await connect({ ...org.options, forceLogin: true }, org.deps)
    },
  ],
  [
    'an assertion is for the very address that is called',
    'facile-it/php-openid-client#25',
    async () => {
      await using org = await startServiceOrg()
      const watch = watching()
      const session = await connect(org.options, { ...org.deps, fetch: watch.fetch })
      await session.disconnect()
      const { origin } = org.okta.orgUrl
      const audiences = watch.bodies.map(body => decodeJwt(body.get('client_assertion') ?? '').aud)
      expect(audiences).toEqual([`${origin}/oauth2/v1/token`, `${origin}/oauth2/v1/revoke`])
    },
  ],
  [
    'a key without its id, where several are registered, is sent to compare the ids',
    'terraform-provider-okta#1024, #1223',
    async () => {
      const [one, two] = [await generateClientKey({ type: 'P-256' }), await generateClientKey({ type: 'P-256' })]
      await using org = await startServiceOrg({ jwks: { keys: [one.publicJwk, two.publicJwk] } })
      const { kid, ...jsonWebKey } = two.privateJwk
      const attempt = connect({ ...org.options, jsonWebKey }, org.deps)
      await expect(attempt).rejects.toMatchObject({ code: 'client_rejected', hint: expect.stringContaining('"kid"') })
      await connect({ ...org.options, jsonWebKey, keyId: kid }, org.deps)
    },
  ],
  [
    'a PEM is taken as PKCS#1 and as PKCS#8, and nobody has to convert a JWK',
    'terraform-provider-okta#1725, #657',
    async () => {
      const { privateJwk, publicJwk } = await generateClientKey()
      await using org = await startServiceOrg({ jwks: { keys: [publicJwk] } })
      const key = createPrivateKey({ key: privateJwk, format: 'jwk' })
      const pems = (['pkcs1', 'pkcs8'] as const).map(type => key.export({ type, format: 'pem' }).toString())
      for (const jsonWebKey of [...pems, JSON.stringify(privateJwk), privateJwk]) {
        await connect({ ...org.options, jsonWebKey, forceLogin: true }, org.deps)
      }
      expect(org.tokenAnswers()).toEqual([200, 200, 200, 200])
    },
  ],
  [
    'a public key is said to be public',
    'okta-sdk-nodejs#286',
    async () => {
      await using org = await startServiceOrg()
      const { publicJwk } = await generateClientKey({ type: 'P-256' })
      const attempt = connect({ ...org.options, jsonWebKey: publicJwk }, org.deps)
      await expect(attempt).rejects.toMatchObject({
        code: 'private_key_invalid',
        message: expect.stringContaining('public'),
      })
    },
  ],
  [
    'a key that nobody can read signs all the same',
    'okta-sdk-dotnet#864, okta-sdk-java#878',
    async () => {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
      const jwk = { ...(publicKey.export({ format: 'jwk' }) as { kty: string }), kid: 'in-the-tpm' }
      await using org = await startServiceOrg({ jwks: { keys: [jwk] } })
      const signer = {
        algorithm: 'RS256' as const,
        keyId: 'in-the-tpm',
        sign: async (data: Uint8Array) => sign('sha256', data, privateKey),
      }
      await connect({ ...org.options, signer }, org.deps)
    },
  ],
]

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
      const module = new URL('../dist/index.js', import.meta.url).href
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
      const module = new URL('../dist/index.js', import.meta.url).href
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

const browser: Row[] = [
  [
    'the address to come back to is the one that is registered, port included',
    'OpenShell#1900',
    async () => {
      await using org = await startSignInOrg()
      const person = new Person(org.okta)
      await connect(org.app(), { store: createMemoryStore(), openBrowser: person.openBrowser })
      expect(person.opened[0]?.searchParams.get('redirect_uri')).toBe(org.redirectUri)
    },
  ],
  [
    'the page at that address is never kept for the next program on the port; a favicon is no answer',
    'kubelogin#1113, microsoft-authentication-library-for-dotnet#4448',
    async () => {
      await using org = await startSignInOrg()
      const person = new Person(org.okta)
      const openBrowser = async (url: URL) => {
        const favicon = await fetch(new URL('/favicon.ico', org.redirectUri))
        expect([favicon.status, favicon.headers.get('cache-control')]).toEqual([404, 'no-store'])
        await person.openBrowser(url)
      }
      await connect(org.app(), { store: createMemoryStore(), openBrowser })
      expect((await person.pages[0])?.headers.get('cache-control')).toBe('no-store')
    },
  ],
  [
    'in WSL the browser is the one of Windows, or the one that BROWSER names',
    'aws-cli#7892',
    async () => {
      const wsl = { PATH: '/usr/bin', WSL_DISTRO_NAME: 'Debian' }
      expect(findBrowser({ ...wsl, BROWSER: '/bin/true' }, 'linux')).toBe('/bin/true')
      expect(findBrowser({ ...wsl, PATH: '/nowhere' }, 'linux')).toBeUndefined()
    },
  ],
  [
    'nothing listens where other machines, or a firewall, could see it',
    'microsoft-authentication-library-for-js#5466',
    async () => {
      await using org = await startSignInOrg()
      const outside = Object.values(networkInterfaces())
        .flat()
        .find(one => one?.internal === false && one.family === 'IPv4')?.address
      const person = new Person(org.okta)
      const reached: unknown[] = []
      const openBrowser = async (url: URL) => {
        const socket = connectSocket(Number(new URL(org.redirectUri).port), outside ?? '127.0.0.2')
        reached.push(
          await once(socket, 'connect').then(
            () => 'reached',
            (error: NodeJS.ErrnoException) => error.code,
          ),
        )
        await person.openBrowser(url)
      }
      await connect(org.app(), { store: createMemoryStore(), openBrowser })
      expect(reached).toEqual(['ECONNREFUSED'])
    },
  ],
]

const network: Row[] = [
  [
    'a private authority is named as the reason, and how to trust it',
    'nodejs/undici#2200, workers-sdk#12669',
    async () => {
      await using okta = await startOktaEmulator({ tls: makePrivateCertificate() })
      const { clientId, jwk } = okta.client('service')
      const attempt = connect({ tenant: okta.orgUrl.origin, clientId, jsonWebKey: jwk as object })
      await expect(attempt).rejects.toMatchObject({
        code: 'tls_untrusted',
        message: expect.stringContaining('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
        hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
      })
    },
  ],
  [
    'too many requests are waited out until the time that Okta names, no longer and no shorter',
    'discord/access#11',
    async () => {
      await using org = await startServiceOrg()
      const session = await connect(org.options, org.deps)
      const times: number[] = []
      const server = createServer((_request, response) => {
        times.push(Date.now())
        const reset = String(Math.ceil(Date.now() / 1000) + 1)
        response.writeHead(times.length === 1 ? 429 : 200, { 'x-rate-limit-reset': reset }).end()
      })
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      const elsewhere = async (input: string | URL | Request, init?: RequestInit) =>
        await fetch(String(input).replace(org.okta.orgUrl.host, `127.0.0.1:${port}`), init)
      const throttled = await resume({}, { ...org.deps, fetch: elsewhere })
      expect((await throttled.fetch('/api/v1/users')).status).toBe(200)
      expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(1000)
      expect(times).toHaveLength(2)
      expect(session.grant).toBe('client_credentials')
      server.closeAllConnections()
      server.close()
    },
  ],
]

describe.each<[string, readonly Row[]]>([
  ['DPoP', dpop],
  ['assertions and keys', keys],
  ['expiry, cache and races', cache],
  ['browser and port', browser],
  ['network', network],
])('learnt from others, about %s:', (_about, rows) => {
  it.each(rows)('%s (%s)', async (_behaviour, _threads, shows) => await shows())
})
