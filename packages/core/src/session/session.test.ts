import type { IncomingMessage, RequestListener } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { connectToFakeServer, stopFakeServers } from '../../test/support/fake-server.test.support.js'
import { useServiceOrg } from '../../test/support/service-org.test.support.js'
import { networkError } from '../http/network-error.js'
import { connect, type Deps, type OktaSession } from '../index.js'
import { createMemoryStore } from '../stores/memory-store.js'

const org = useServiceOrg()
afterEach(stopFakeServers)

const open = (index = 0) => connect(org.app(index), { store: createMemoryStore() })
const tokenRequests = () => org.okta.requests.filter(({ path }) => path === '/oauth2/v1/token').length

async function revoke(session: OktaSession): Promise<void> {
  const { value: token } = await session.token()
  // Put the token into the store of another session, whose disconnect revokes it.
  const store = createMemoryStore()
  const other = await connect(org.app(), { store })
  for await (const { recordKey } of store.list()) {
    await store.exclusive(recordKey, async slot => {
      const record = await slot.read()
      if (record?.kind === 'token') await slot.write({ ...record, accessToken: token })
    })
  }
  await other.disconnect()
  org.okta.clearRequests()
}

describe('session.fetch', () => {
  it('throws the network error, which networkError converts', async () => {
    const session = await open()
    await using _ = await org.okta.unreachable()
    const failure = await session.fetch('/api/v1/users').catch(error => networkError(session.orgUrl.host, error))
    expect(failure).toMatchObject({ code: 'network_failed', message: expect.stringContaining('cannot be reached') })
  })

  it('accepts paths and URLs of the org', async () => {
    const session = await open()
    for (const target of [
      '/api/v1/users?limit=1',
      new URL('/api/v1/users', org.okta.orgUrl),
      `${org.okta.orgUrl.origin}/api/v1/users`,
    ]) {
      expect((await session.fetch(target)).status).toBe(200)
    }
  })

  it.each(['https://evil.example/api', '//evil.example/api', 'http://127.0.0.1:1/api', 'javascript:alert(1)'])(
    'does not send the token to %s',
    async target => {
      const session = await open()
      await expect(session.fetch(target)).rejects.toMatchObject({ code: 'options_invalid' })
      await expect(session.authorization('GET', target)).rejects.toMatchObject({ code: 'options_invalid' })
    },
  )

  it('retries with a new token when the token was revoked, with one token request for concurrent calls', async () => {
    const session = await open()
    await revoke(session)
    const responses = await Promise.all([1, 2, 3, 4].map(() => session.fetch('/api/v1/users')))
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(tokenRequests()).toBe(1)
  })

  it('renews the token for the next request after a 401 to a request that it cannot repeat', async () => {
    let minutes = 0
    const now = () => Date.now() + minutes * 60_000
    const upload = (session: OktaSession) => {
      const body = new ReadableStream({ start: stream => stream.close() })
      return session.fetch('/upload', { method: 'POST', body, duplex: 'half' } as RequestInit)
    }
    const statuses = await withFakeApi(
      async session => {
        minutes = 1
        return [await upload(session), await upload(session)].map(({ status }) => status)
      },
      (request, response) => response.writeHead(request.headers.authorization === 'Bearer t1' ? 401 : 200).end(),
      {},
      [],
      { now },
    )
    expect(statuses).toEqual([401, 200])
  })

  it('sends the given headers and body', async () => {
    const requests = await withFakeApi(async (session, requests) => {
      await session.fetch('/echo', {
        method: 'POST',
        body: 'hello',
        headers: { 'x-custom': 'yes', authorization: 'no' },
      })
      return requests
    })
    expect(requests[0]).toMatchObject({
      method: 'POST',
      body: 'hello',
      customHeader: 'yes',
      authorization: 'Bearer t1',
    })
  })

  it('does not follow a redirect: its target would get the token', async () => {
    const requests = await withFakeApi(
      async (session, requests) => {
        const response = await session.fetch('/moved')
        expect(response.status).toBe(302)
        return requests
      },
      (_request, response) => response.writeHead(302, { location: 'https://evil.example/' }).end(),
    )
    expect(requests).toHaveLength(1)
  })

  it('waits until the rate limit resets by the clock of the server', async () => {
    let calls = 0
    const notices: string[] = []
    const requests = await withFakeApi(
      async (session, requests) => {
        expect((await session.fetch('/limited')).status).toBe(200)
        expect(notices).toEqual([expect.stringMatching(/rate limit.* in [12] s/)])
        return requests
      },
      (_request, response) => {
        calls += 1
        const reset = String(Math.floor(Date.now() / 1000) + 1)
        if (calls > 1) response.end()
        else response.writeHead(429, { 'x-rate-limit-reset': `${reset}, ${reset}` }).end()
      },
      {},
      notices,
    )
    expect((requests[1]?.at ?? 0) - (requests[0]?.at ?? 0)).toBeGreaterThanOrEqual(900)
  })

  it('returns the 429 response when the wait is too long, and stops waiting when the signal aborts', async () => {
    const limited = (seconds: number): RequestListener => {
      return (_request, response) => {
        response.writeHead(429, { 'x-rate-limit-reset': String(Math.floor(Date.now() / 1000) + seconds) }).end()
      }
    }
    await withFakeApi(async session => expect((await session.fetch('/x')).status).toBe(429), limited(3600))
    const controller = new AbortController()
    await withFakeApi(
      async session => {
        const attempt = session.fetch('/x', { signal: controller.signal })
        await expect(attempt).rejects.toMatchObject({ code: 'cancelled' })
      },
      limited(30),
      {},
      [],
      // The notice is sent when the wait begins.
      { notify: () => void setImmediate(() => controller.abort()) },
    )
    const requests = await withFakeApi(async (session, requests) => {
      expect((await session.fetch('/x', {}, { waitForRateLimit: false })).status).toBe(429)
      return requests
    }, limited(30))
    expect(requests).toHaveLength(1)
  })

  it('uses the DPoP nonce that the API requires', async () => {
    let calls = 0
    const requests = await withFakeApi(
      async (session, requests) => {
        for (const _round of [1, 2]) expect((await session.fetch('/x')).status).toBe(200)
        return requests
      },
      (request, response) => {
        calls += 1
        const [, claims = ''] = String(request.headers.dpop).split('.')
        const { nonce } = JSON.parse(Buffer.from(claims, 'base64url').toString())
        if (nonce === 'api-nonce') return response.end()
        return response
          .writeHead(401, { 'dpop-nonce': 'api-nonce', 'www-authenticate': 'DPoP error="use_dpop_nonce"' })
          .end()
      },
      { dpop: 'always' },
    )
    expect(requests).toHaveLength(3)
    expect(calls).toBe(3)
  })
})

describe('a session', () => {
  it('shows no secret when it is inspected or serialized', async () => {
    const { inspect } = await import('node:util')
    const session = await open(1)
    const { value } = await session.token()
    const { dpop = '' } = await session.authorization('GET', '/')
    const output = inspect(session, { depth: 10, showHidden: true }) + JSON.stringify(session)
    for (const secret of [value, dpop, String((org.app(1).jsonWebKey as { d: string }).d)]) {
      expect(output).not.toContain(secret)
    }
  })
})

interface ApiRequest {
  readonly method: string | undefined
  readonly authorization: string | undefined
  readonly customHeader: unknown
  readonly body: string
  readonly at: number
}

/** Connects to a fake server that issues tokens and handles API requests with `respond`. For what the emulator lacks. */
async function withFakeApi<T>(
  act: (session: OktaSession, requests: ApiRequest[]) => Promise<T>,
  respond: (request: IncomingMessage, response: Parameters<RequestListener>[1]) => unknown = (_, response) =>
    response.end(),
  options: { dpop?: 'always' } = {},
  notices: string[] = [],
  more: Partial<Deps> = {},
): Promise<T> {
  const requests: ApiRequest[] = []
  let tokens = 0
  const listener: RequestListener = async (request, response) => {
    let requestBody = ''
    for await (const chunk of request) requestBody += chunk
    if (request.url === '/oauth2/v1/token') {
      tokens += 1
      const type = request.headers.dpop === undefined ? 'Bearer' : 'DPoP'
      const body = { access_token: `t${tokens}`, token_type: type, expires_in: 3600, scope: 'okta.users.manage' }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      return
    }
    const { method, headers } = request
    requests.push({
      method,
      authorization: headers.authorization,
      customHeader: headers['x-custom'],
      body: requestBody,
      at: Date.now(),
    })
    respond(request, response)
  }
  const notify = ({ message }: { message: string }) => void notices.push(message)
  const session = await connectToFakeServer(listener, { store: createMemoryStore(), notify, ...more }, options)
  return await act(session, requests)
}
