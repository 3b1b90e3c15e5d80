import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, connect as connectSocket } from 'node:net'
import { networkInterfaces } from 'node:os'
import { startOktaEmulator } from '@connect-okta/emulator'
import { describe, expect, it } from 'vitest'
import { makePrivateCertificate } from '../certificate-authority.test.support.js'
import { connect, createMemoryStore, resume } from '../index.js'
import { findBrowser } from '../open-browser.js'
import { Person, startSignInOrg } from '../person.test.support.js'
import { startServiceOrg } from '../service-app.test.support.js'

// What hurt the users of other tools, thread by thread, and what happens here. Each row stands alone.
type Row = readonly [behaviour: string, threads: string, shows: () => Promise<void>]

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
  ['browser and port', browser],
  ['network', network],
])('learnt from others, about %s:', (_about, rows) => {
  it.each(rows)('%s (%s)', async (_behaviour, _threads, shows) => await shows())
})
