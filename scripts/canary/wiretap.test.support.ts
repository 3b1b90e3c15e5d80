import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What kind of secret a value is. */
export type SecretKind = string

/** Stands between the doors and an org, and remembers every secret that passes. */
export interface Wiretap extends AsyncDisposable {
  readonly origin: string
  /** Where requests go, once it is known. */
  leadTo(origin: URL): void
  /** Every secret that has passed, with its kind. */
  readonly secrets: ReadonlyMap<string, SecretKind>
}

// By the names that they have on the wire (RFC 6749, 7523, 7636, 8628, 9449, OpenID Connect).
const inForms = ['client_assertion', 'client_secret', 'code', 'code_verifier', 'refresh_token', 'device_code', 'token']
const inAnswers = ['access_token', 'refresh_token', 'id_token', 'device_code']

/** Starts a {@link Wiretap}. */
export async function startWiretap(): Promise<Wiretap> {
  const secrets = new Map<string, SecretKind>()
  let target: URL | undefined
  const remember = (kind: SecretKind, value: unknown) => {
    if (typeof value === 'string' && value.length >= 12) secrets.set(value, kind)
  }

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization, dpop } = incoming.headers
    remember('Authorization', authorization?.split(' ')[1])
    remember('proof', dpop)
    const body = await bytesOf(incoming)
    const form = new URLSearchParams(body.toString())
    for (const name of inForms) remember(name, form.get(name))
    const outgoing = request(new URL(incoming.url ?? '/', target), {
      method: incoming.method ?? 'GET',
      headers: incoming.headers,
      agent: false,
    })
    outgoing.on('error', () => response.destroy())
    outgoing.on('response', async answer => {
      const bytes = await bytesOf(answer).catch(() => undefined)
      if (bytes === undefined) return response.destroy()
      const { location } = answer.headers
      if (location !== undefined) remember('code', new URL(location, target).searchParams.get('code'))
      for (const name of inAnswers) remember(name, membersOf(bytes)[name])
      response.writeHead(answer.statusCode ?? 502, answer.headers).end(bytes)
    })
    outgoing.end(body)
  }

  const server = createServer((incoming, response) => void pass(incoming, response).catch(() => response.destroy()))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    leadTo(origin) {
      target = origin
    },
    secrets,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function membersOf(bytes: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(bytes.toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
