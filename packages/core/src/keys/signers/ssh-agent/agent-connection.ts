import { connect, type Socket } from 'node:net'
import { isAbsolute } from 'node:path'
import { cancelled, OktaConnectError } from '../../../errors.js'
import { WireReader, wireUint32 } from './wire.js'

// The limit of OpenSSH.
const maxMessageBytes = 256 * 1024
const windowsPipe = '\\\\.\\pipe\\openssh-ssh-agent'

/** Sends one message and returns the response, which begins with its type. */
export type Send = (message: Uint8Array) => Promise<WireReader>

/** Limits of {@link withAgent}. */
export interface AgentLimits {
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Returns the address of the ssh-agent: the socket in `SSH_AUTH_SOCK`, or on Windows the named pipe of OpenSSH.
 *
 * @throws {@link OktaConnectError} `signer_failed` if there is none
 */
export function agentAddress(
  { SSH_AUTH_SOCK = '' }: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string {
  if (platform === 'win32') {
    // Git Bash sets it to a socket that other programs cannot open.
    return /^[\\/]{2}\.[\\/]pipe[\\/]/.test(SSH_AUTH_SOCK) ? SSH_AUTH_SOCK : windowsPipe
  }
  if (isAbsolute(SSH_AUTH_SOCK)) return SSH_AUTH_SOCK
  const message =
    SSH_AUTH_SOCK === ''
      ? 'There is no ssh-agent: SSH_AUTH_SOCK is not set.'
      : 'SSH_AUTH_SOCK is not an absolute path, so no ssh-agent is used.'
  throw new OktaConnectError('signer_failed', message, { hint: 'Start an ssh-agent and add the key: ssh-add PATH.' })
}

/**
 * Runs `use` with a connection to an ssh-agent.
 *
 * @throws {@link OktaConnectError} `signer_failed`, `cancelled`
 * @see https://datatracker.ietf.org/doc/draft-ietf-sshm-ssh-agent/
 */
export async function withAgent<T>(
  address: string,
  { timeoutMs, signal }: AgentLimits,
  use: (send: Send) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw cancelled(signal.reason)
  const socket = connect(address)
  const timer = setTimeout(() => socket.destroy(notAnswered(timeoutMs)), timeoutMs)
  const onAbort = () => socket.destroy(cancelled(signal?.reason))
  signal?.addEventListener('abort', onAbort, { once: true })
  // An error is also thrown by the loop over the chunks.
  socket.on('error', () => {})
  const responses = responsesOf(socket)
  try {
    return await use(async message => {
      socket.write(Buffer.concat([wireUint32(message.byteLength), message]))
      const { value } = await responses.next()
      if (value === undefined) throw broken('closed the connection')
      return new WireReader(value)
    })
  } catch (error) {
    if (error instanceof OktaConnectError) throw error
    if (error instanceof RangeError) throw broken('sent a response that cannot be read')
    throw unreachable(address, error)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
    socket.destroy()
  }
}

async function* responsesOf(socket: Socket): AsyncGenerator<Buffer, undefined> {
  let received = Buffer.alloc(0)
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk])
    while (received.byteLength >= 4) {
      const length = received.readUInt32BE(0)
      if (length === 0 || length > maxMessageBytes) throw broken('sent a response that is empty or too long')
      if (received.byteLength < 4 + length) break
      yield received.subarray(4, 4 + length)
      received = received.subarray(4 + length)
    }
  }
  return undefined
}

function notAnswered(timeoutMs: number): OktaConnectError {
  return new OktaConnectError('signer_failed', `ssh-agent did not respond within ${timeoutMs / 1000} s.`, {
    hint: 'If it asks for a confirmation, a PIN or a passphrase, answer it, then try again.',
  })
}

function broken(what: string): OktaConnectError {
  return new OktaConnectError('signer_failed', `ssh-agent ${what}.`, {
    hint: 'Check with "ssh-add -l" that SSH_AUTH_SOCK is the socket of an ssh-agent.',
  })
}

function unreachable(address: string, cause: unknown): OktaConnectError {
  const { code = 'for an unknown reason' } = cause as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    const isPipe = address.startsWith('\\\\')
    return new OktaConnectError('signer_failed', `No ssh-agent is running at ${address}.`, {
      hint: isPipe
        ? 'Start the service: Start-Service ssh-agent. Then add the key: ssh-add PATH.'
        : 'Start an ssh-agent, set SSH_AUTH_SOCK to its socket, and add the key: ssh-add PATH.',
      cause,
    })
  }
  const isDenied = code === 'EACCES' || code === 'EPERM'
  return new OktaConnectError('signer_failed', `The ssh-agent at ${address} cannot be used (${code}).`, {
    hint: isDenied
      ? 'Its socket belongs to another user. Use your own ssh-agent.'
      : 'Check with "ssh-add -l" that SSH_AUTH_SOCK is the socket of an ssh-agent.',
    cause,
  })
}
