import { once } from 'node:events'
import { connect } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A request to an org. */
export interface RawRequest {
  readonly method: string
  /** The path with the query. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** The body. An object is sent as JSON, parameters as a form. */
  readonly body?: object | URLSearchParams | string | undefined
}

/** A response as it was sent. */
export interface RawResponse {
  readonly status: number
  /** The headers in their order, with their names as sent: Node's clients convert them to lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly text: string
  /** The body as JSON, or `undefined` if it is not JSON. */
  readonly json: unknown
}

/** Sends a request over a TCP connection of its own. */
export async function rawRequest({ hostname, port, host }: URL, request: RawRequest): Promise<RawResponse> {
  const { method, path, headers = {}, body } = request
  const [content, type] = serialize(body)
  const all = {
    Host: host,
    Accept: 'application/json',
    Connection: 'close',
    ...(type && { 'Content-Type': type }),
    ...(method !== 'GET' && { 'Content-Length': String(Buffer.byteLength(content)) }),
    ...headers,
  }
  const socket = connect(Number(port), hostname)
  await once(socket, 'connect')
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  socket.write(`${[`${method} ${path} HTTP/1.1`, ...lines].join('\r\n')}\r\n\r\n${content}`)
  return parse(await buffer(socket))
}

/** The value of a header whose name is written exactly so. */
export function headerOf({ headers }: RawResponse, name: string): string | undefined {
  return headers.find(([other]) => other === name)?.[1]
}

function serialize(body: RawRequest['body']): readonly [content: string, type?: string] {
  if (body === undefined) return ['']
  if (typeof body === 'string') return [body, 'application/json']
  if (body instanceof URLSearchParams) return [body.toString(), 'application/x-www-form-urlencoded']
  return [JSON.stringify(body), 'application/json']
}

function parse(bytes: Buffer): RawResponse {
  const end = bytes.indexOf('\r\n\r\n')
  const [statusLine = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const headers = lines.map(line => line.split(/: ?(.*)/s).slice(0, 2) as [string, string])
  const isChunked = headers.some(([name, value]) => /^transfer-encoding$/i.test(name) && value === 'chunked')
  const content = bytes.subarray(end + 4)
  const text = (isChunked ? withoutChunks(content) : content).toString()
  return { status: Number(statusLine.split(' ')[1]), headers, text, json: parseJson(text) }
}

/** RFC 9112 §7.1. */
function withoutChunks(content: Buffer): Buffer {
  const chunks: Buffer[] = []
  for (let start = 0; ; ) {
    const endOfSize = content.indexOf('\r\n', start)
    const size = Number.parseInt(content.subarray(start, endOfSize).toString(), 16)
    if (!(size > 0)) return Buffer.concat(chunks)
    chunks.push(content.subarray(endOfSize + 2, endOfSize + 2 + size))
    start = endOfSize + 2 + size + 2
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
