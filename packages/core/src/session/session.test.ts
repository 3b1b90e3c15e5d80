import type { IncomingMessage, RequestListener } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { connectTo, stopServers } from '../../test/support/hostile-server.test.support.js'
import { inServiceOrg, type ServiceSetting } from '../../test/support/service-app.test.support.js'
import { networkError } from '../http/network-error.js'
import { connect, type Deps, type OktaSession } from '../index.js'
import { createMemoryStore } from '../stores/memory-store.js'

let { okta, serviceApp } = {} as ServiceSetting
inServiceOrg([], setting => {
  ;({ okta, serviceApp } = setting)
})
afterEach(stopServers)

const open = (index = 0) => connect(serviceApp(index), { store: createMemoryStore() })
const tokenRequests = () => okta.requests.filter(({ path }) => path === '/oauth2/v1/token').length

async function revoke(session: OktaSession): Promise<void> {
  const { value: token } = await session.token()
  // Another session of the same client, whose stored token is the one to end.
  const store = createMemoryStore()
  const other = await connect(serviceApp(), { store })
  for await (const { recordKey } of store.list()) {
    await store.exclusive(recordKey, async slot => {
      const record = await slot.read()
      if (record?.kind === 'token') await slot.write({ ...record, accessToken: token })
    })
  }
  await other.disconnect()
  okta.clearRequests()
}

describe('session.fetch', () => {
  it('throws what the network throws, which networkError explains', async () => {
    const session = await open()
    await using _ = await okta.unreachable()
    const failure = await session.fetch('/api/v1/users').catch(error => networkError(session.orgUrl.host, error))
    expect(failure).toMatchObject({ code: 'network_failed', message: expect.stringContaining('cannot be reached') })
  })

  it('takes paths, and URLs of the org', async () => {
    const session = await open()
    for (const target of [
      '/api/v1/users?limit=1',
      new URL('/api/v1/users', okta.orgUrl),
      `${okta.orgUrl.origin}/api/v1/users`,
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

  it('asks once more, with a new token, when the token was revoked; once for all who notice', async () => {
    const session = await open()
    await revoke(session)
    const responses = await Promise.all([1, 2, 3, 4].map(() => session.fetch('/api/v1/users')))
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(tokenRequests()).toBe(1)
  })

  it('gets another token for the next request when one that cannot be sent again was refused', async () => {
    let minutes = 0
    const now = () => Date.now() + minutes * 60_000
    const upload = (session: OktaSession) => {
      const body = new ReadableStream({ start: stream => stream.close() })
      return session.fetch('/upload', { method: 'POST', body, duplex: 'half' } as RequestInit)
    }
    const statuses = await againstFake(
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

  it('keeps the headers and the body of the caller', async () => {
    const seen = await againstFake(async (session, log) => {
      await session.fetch('/echo', { method: 'POST', body: 'hello', headers: { 'x-mine': 'yes', authorization: 'no' } })
      return log
    })
    expect(seen[0]).toMatchObject({ method: 'POST', body: 'hello', mine: 'yes', authorization: 'Bearer t1' })
  })

  it('does not follow a redirect: its target would get the token', async () => {
    const seen = await againstFake(
      async (session, log) => {
        const response = await session.fetch('/moved')
        expect(response.status).toBe(302)
        return log
      },
      (_request, response) => response.writeHead(302, { location: 'https://evil.example/' }).end(),
    )
    expect(seen).toHaveLength(1)
  })

  it('waits until the bucket fills where Okta asks to, by its clock', async () => {
    let calls = 0
    const notices: string[] = []
    const seen = await againstFake(
      async (session, log) => {
        expect((await session.fetch('/limited')).status).toBe(200)
        expect(notices).toEqual([expect.stringMatching(/rate limit.* in [12] s/)])
        return log
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
    expect((seen[1]?.at ?? 0) - (seen[0]?.at ?? 0)).toBeGreaterThanOrEqual(900)
  })

  it('hands a long wait to the caller, and gives up waiting when the caller does', async () => {
    const limited = (seconds: number): RequestListener => {
      return (_request, response) => {
        response.writeHead(429, { 'x-rate-limit-reset': String(Math.floor(Date.now() / 1000) + seconds) }).end()
      }
    }
    await againstFake(async session => expect((await session.fetch('/x')).status).toBe(429), limited(3600))
    const abort = new AbortController()
    await againstFake(
      async session => {
        const attempt = session.fetch('/x', { signal: abort.signal })
        await expect(attempt).rejects.toMatchObject({ code: 'cancelled' })
      },
      limited(30),
      {},
      [],
      // The notice comes when the wait begins.
      { notify: () => void setImmediate(() => abort.abort()) },
    )
    const told = await againstFake(async (session, log) => {
      expect((await session.fetch('/x', {}, { waitForRateLimit: false })).status).toBe(429)
      return log
    }, limited(30))
    expect(told).toHaveLength(1)
  })

  it('takes the nonce that the API wants for its proofs', async () => {
    let calls = 0
    const seen = await againstFake(
      async (session, log) => {
        for (const _again of [1, 2]) expect((await session.fetch('/x')).status).toBe(200)
        return log
      },
      (request, response) => {
        calls += 1
        const [, claims = ''] = String(request.headers.dpop).split('.')
        const { nonce } = JSON.parse(Buffer.from(claims, 'base64url').toString())
        if (nonce === 'of-the-api') return response.end()
        return response
          .writeHead(401, { 'dpop-nonce': 'of-the-api', 'www-authenticate': 'DPoP error="use_dpop_nonce"' })
          .end()
      },
      { dpop: 'always' },
    )
    expect(seen).toHaveLength(3)
    expect(calls).toBe(3)
  })
})

describe('a session', () => {
  it('shows no secret when it is printed', async () => {
    const { inspect } = await import('node:util')
    const session = await open(1)
    const { value } = await session.token()
    const { dpop = '' } = await session.authorization('GET', '/')
    const said = inspect(session, { depth: 10, showHidden: true }) + JSON.stringify(session)
    for (const secret of [value, dpop, String((serviceApp(1).jsonWebKey as { d: string }).d)]) {
      expect(said).not.toContain(secret)
    }
  })
})

interface Seen {
  readonly method: string | undefined
  readonly authorization: string | undefined
  readonly mine: unknown
  readonly body: string
  readonly at: number
}

/** A server of our own for what the emulator does not do: hands out tokens, and answers the rest as told. */
async function againstFake<T>(
  act: (session: OktaSession, seen: Seen[]) => Promise<T>,
  answer: (request: IncomingMessage, response: Parameters<RequestListener>[1]) => unknown = (_q, r) => r.end(),
  options: { dpop?: 'always' } = {},
  notices: string[] = [],
  more: Partial<Deps> = {},
): Promise<T> {
  const seen: Seen[] = []
  let tokens = 0
  const listener: RequestListener = async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    if (request.url === '/oauth2/v1/token') {
      tokens += 1
      const type = request.headers.dpop === undefined ? 'Bearer' : 'DPoP'
      const answer = { access_token: `t${tokens}`, token_type: type, expires_in: 3600, scope: 'okta.users.manage' }
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
      return
    }
    const { method, headers } = request
    seen.push({ method, authorization: headers.authorization, mine: headers['x-mine'], body, at: Date.now() })
    answer(request, response)
  }
  const notify = ({ message }: { message: string }) => void notices.push(message)
  const session = await connectTo(listener, { store: createMemoryStore(), notify, ...more }, options)
  return await act(session, seen)
}
