import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The name of a kind of secrets. */
export type SecretKind = string

/** A proxy in front of an org that records every secret in requests and responses. */
export interface Wiretap extends AsyncDisposable {
  readonly origin: string
  /** Sets the address that requests are forwarded to. */
  setTarget(origin: URL): void
  /** Every recorded secret, with its kind. */
  readonly secrets: ReadonlyMap<string, SecretKind>
}

// The parameter names of the specifications (RFC 6749, 7523, 7636, 8628, 9449, OpenID Connect).
const secretFormParameters = [
  'client_assertion',
  'client_secret',
  'code',
  'code_verifier',
  'refresh_token',
  'device_code',
  'token',
]
const secretResponseMembers = ['access_token', 'refresh_token', 'id_token', 'device_code']

/** Starts a {@link Wiretap}. */
export async function startWiretap(): Promise<Wiretap> {
  const secrets = new Map<string, SecretKind>()
  let target: URL | undefined
  const record = (kind: SecretKind, value: unknown) => {
    if (typeof value === 'string' && value.length >= 12) secrets.set(value, kind)
  }

  async function forward(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization, dpop } = incoming.headers
    record('Authorization', authorization?.split(' ')[1])
    record('proof', dpop)
    const body = await bytesOf(incoming)
    const form = new URLSearchParams(body.toString())
    for (const name of secretFormParameters) record(name, form.get(name))
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
      if (location !== undefined) record('code', new URL(location, target).searchParams.get('code'))
      for (const name of secretResponseMembers) record(name, membersOf(bytes)[name])
      response.writeHead(answer.statusCode ?? 502, answer.headers).end(bytes)
    })
    outgoing.end(body)
  }

  const server = createServer((incoming, response) => void forward(incoming, response).catch(() => response.destroy()))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    setTarget(origin) {
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
