import { createHash, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort, type OktaEmulator } from '../../packages/emulator/dist/index.js'
import { startWatchedOrg, type WatchedOrg } from './watched-org.test.support.js'
import { startWatched } from './watched-process.test.support.js'

const server = fileURLToPath(new URL('../../packages/server/dist/main.js', import.meta.url))
const tokenPath = '/oauth2/v1/token'

let org: WatchedOrg
let okta: OktaEmulator
let home: string

beforeAll(async () => {
  org = await startWatchedOrg()
  okta = org.okta
  home = org.home
})
afterAll(() => org[Symbol.asyncDispose]())

describe('the broker', () => {
  it('leaks no secret except the token that a client requests', async () => {
    const clientSecret = randomBytes(32).toString('base64url')
    org.addSecret(clientSecret, 'secret of a broker client')
    const port = await freePort()
    const origin = `http://localhost:${port}`
    const connection = (clientId: string, file: string) =>
      `{ tenant: ${okta.orgUrl.origin}, clientId: ${clientId}, scopes: [okta.users.read, okta.groups.read], key: { file: ${join(home, file)} } }`
    await writeFile(
      join(home, 'broker.yaml'),
      `listen: localhost:${port}
store: memory
shutdownDelay: 0s
log: { level: debug, requests: true }
connections:
  bound: ${connection(okta.client('service', { dpop: true }).clientId, 'key.json')}
  free: ${connection(okta.client('service').clientId, 'bearer-key.json')}
clients:
  ci:
    secretSha256: ${createHash('sha256').update(clientSecret).digest('hex')}
    connections: [bound, free]
`,
    )
    const broker = startWatched([server, '--config', join(home, 'broker.yaml')], org.env)
    await broker.waitFor(/listening/)
    expect(broker.output.stderr + broker.output.stdout).toMatch(/listening/)
    const authorization = `Basic ${Buffer.from(`ci:${clientSecret}`).toString('base64')}`
    org.addSecret(authorization.slice('Basic '.length), 'secret of a broker client')
    const answers: string[] = []
    const ask = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(`${origin}${path}`, { redirect: 'manual', ...init })
      const text = `${[...response.headers].join('\n')}\n${await response.text()}`
      answers.push(text)
      return { status: response.status, text }
    }
    const token = (connectionName: string, headers: Record<string, string> = { authorization }) =>
      ask('/oauth2/token', {
        method: 'POST',
        headers,
        body: new URLSearchParams({ grant_type: 'client_credentials', connection: connectionName }),
      })

    const issued = await token('free')
    expect(issued.status).toBe(200)
    expect(org.leaksIn(issued.text)).toContain('access_token')
    answers.length = 0
    expect((await token('bound')).status).toBe(400)
    expect((await token('free', { authorization: `Basic ${Buffer.from('ci:wrong').toString('base64')}` })).status).toBe(
      401,
    )
    expect((await ask('/proxy/bound/api/v1/users', { headers: { authorization } })).status).toBe(200)
    using _ = okta.fault({ endpoint: tokenPath, status: 500, retryAfterSeconds: 0 })
    const narrower = new URLSearchParams({
      grant_type: 'client_credentials',
      connection: 'free',
      scope: 'okta.groups.read',
    })
    const failed = await ask('/oauth2/token', { method: 'POST', headers: { authorization }, body: narrower })
    expect(failed.status).toBe(503)
    await ask(`/oauth2/token?client_secret=${clientSecret}`, { method: 'POST' })
    for (const path of ['/', '/metrics', '/readyz', '/healthz', '/openapi.json', '/nowhere']) await ask(path)
    broker.kill('SIGTERM')
    expect(await broker.ended).toBe(0)

    expect(org.leaksIn(answers.join('\n'))).toEqual([])
    expect(org.leaksIn(broker.output.stdout)).toEqual([])
    expect(org.leaksIn(broker.output.stderr)).toEqual([])
    expect(org.leaksIn(broker.seen())).toEqual([])

    const kinds = [
      'Authorization',
      'access_token',
      'client key',
      'client_assertion',
      'proof',
      'secret of a broker client',
    ]
    expect(kinds.filter(kind => !org.seenKinds.has(kind))).toEqual([])
  })
})
