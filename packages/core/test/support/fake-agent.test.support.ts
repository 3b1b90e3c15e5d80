import { once } from 'node:events'
import { createServer } from 'node:net'
import { basename, join } from 'node:path'
import { currentEnvironment, type Environment } from '../../src/environment.js'
import { newFolder } from './new-folder.test.support.js'

/** A server that responds as an ssh-agent does, or does not. */
export interface FakeAgent extends AsyncDisposable {
  readonly environment: Environment
  /** The types of the messages that were received. */
  readonly received: readonly number[]
}

/** A field with its length before it (RFC 4251 §5). */
export const field = (content: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(content as string)
  return Buffer.concat([uint32(bytes.byteLength), bytes])
}

/** A number of four bytes. */
export const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** The response to a request for keys, each with its blob and its comment. */
export const keyList = (...keys: readonly (readonly [Uint8Array, string])[]): Buffer =>
  Buffer.concat([
    Buffer.of(12),
    uint32(keys.length),
    ...keys.flatMap(([blob, comment]) => [field(blob), field(comment)]),
  ])

/** Starts a {@link FakeAgent}. `respond` returns the message to send, the bytes to send as they are, or nothing. */
export async function startFakeAgent(
  respond: (type: number, message: Buffer) => Buffer | { readonly bytes: Buffer } | 'close' | undefined,
): Promise<FakeAgent> {
  const folder = await newFolder()
  // Windows has no sockets in folders for Node.
  const path = process.platform === 'win32' ? `\\\\.\\pipe\\${basename(folder)}` : join(folder, 'agent')
  const received: number[] = []
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.on('data', message => {
      const type = message.readUInt8(4)
      received.push(type)
      const response = respond(type, message.subarray(5))
      if (response === 'close') socket.end()
      else if (response !== undefined) socket.write('bytes' in response ? response.bytes : field(response))
    })
  }).listen(path)
  await once(server, 'listening')
  return {
    environment: currentEnvironment({ SSH_AUTH_SOCK: path }),
    received,
    async [Symbol.asyncDispose]() {
      server.close()
    },
  }
}
