import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer, text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { Shell, type Streams } from './shell.test.support.js'

/** An org that accepts every API token, and responds as a test defines. */
export async function startApi(respond: (request: IncomingMessage, response: ServerResponse, body: string) => void) {
  const server = createServer(async (request, response) => {
    const body = await text(request)
    if (request.url === '/api/v1/users/me') response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    else respond(request, response, body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const tenant = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { tenant, [Symbol.asyncDispose]: () => new Promise<void>(resolve => void server.close(() => resolve())) }
}

/** Connects to that org, whose URL is `$given.tenant`. */
export const connectToApi = `Connect-Okta -Tenant $given.tenant -ApiToken ([Net.NetworkCredential]::new('', 'any-token').SecurePassword)`

/** A request that an org received. */
interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

type Respond = (request: IncomingMessage, response: ServerResponse) => void

/** Responds with a JSON value. */
export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Respond {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text)
}

/** For the tests of a suite: an org that records its requests, and a shell that is connected to it. */
export class RecordingApi {
  /** Default: a response without content. */
  respond: Respond = noContent
  readonly requests: SeenRequest[] = []
  #shell: Shell | undefined
  tenant = ''

  constructor() {
    const server = createServer(async (request, response) => {
      const { method = '', url = '', headers } = request
      const body = await buffer(request)
      if (url === '/api/v1/users/me') return void json({})(request, response)
      this.requests.push({ method, path: url, headers, body })
      this.respond(request, response)
    })
    beforeAll(async () => {
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      this.tenant = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      this.#shell = await Shell.start()
      await this.run(`${connectToApi}; Set-Location $HOME`)
    })
    beforeEach(() => {
      this.requests.length = 0
      this.respond = noContent
    })
    afterAll(async () => {
      await this.#shell?.[Symbol.asyncDispose]()
      await new Promise<void>(resolve => void server.close(() => resolve()))
    })
  }

  /** The home folder of the shell, which is its location. */
  get home(): string {
    return this.#shell?.home ?? ''
  }

  /** The requests as `GET /path`. */
  get lines(): readonly string[] {
    return this.requests.map(({ method, path }) => `${method} ${path}`)
  }

  /** The bodies of the requests as text. */
  get bodies(): readonly string[] {
    return this.requests.map(({ body }) => body.toString())
  }

  async run(script: string, given: object = {}): Promise<Streams> {
    if (this.#shell === undefined) throw new Error('There is no shell.')
    return await this.#shell.run(script, { tenant: this.tenant, ...given })
  }
}

function noContent(_request: IncomingMessage, response: ServerResponse) {
  response.writeHead(204).end()
}
