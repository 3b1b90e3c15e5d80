import type { Readable, Writable } from 'node:stream'
import { linesOf } from './lines-of.js'

/** What a method gets besides its parameters. */
export interface CallContext {
  /** Fires when the caller gave up, or is gone. */
  readonly signal: AbortSignal
}

/** Answers one method. What it throws is answered as an error. */
export type Method = (params: Record<string, unknown>, context: CallContext) => Promise<unknown>

/** What an error says in an answer (JSON-RPC 2.0 §5.1). */
export interface ErrorObject {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

/** Where answers go. */
export interface Channel {
  readonly output: Writable
  /** In which form results, data of errors and parameters of notifications are written. */
  readonly encode: (value: unknown) => unknown
}

interface Options extends Channel {
  readonly input: Readable
  readonly methods: Readonly<Record<string, Method>>
  readonly describe: (error: unknown) => ErrorObject
}

type Id = string | number

const parseError: ErrorObject = { code: -32700, message: 'Parse error' }
const invalidRequest: ErrorObject = { code: -32600, message: 'Invalid Request' }
const methodNotFound: ErrorObject = { code: -32601, message: 'Method not found' }
const invalidParams: ErrorObject = { code: -32602, message: 'Invalid params' }

/** Makes a function that sends notifications to whoever reads `output`. */
export function notifier({ output, encode }: Channel): (method: string, params: unknown) => void {
  return (method, params) => send(output, { method, params: [encode(params)] })
}

/**
 * Answers JSON-RPC 2.0 requests, one UTF-8 line a message, until the input ends; calls may overlap, and batches are
 * refused. The notification `cancel` ends the call that has the `id` in its parameters. At the end of the input every
 * call is ended. What was asked is never repeated: there may be secrets in it.
 *
 * @see https://www.jsonrpc.org/specification
 */
export async function serve({ input, output, encode, methods, describe }: Options): Promise<void> {
  const calls = new Map<Id, { readonly controller: AbortController; readonly end: Promise<void> }>()

  async function answer(id: Id, method: Method, params: Record<string, unknown>, signal: AbortSignal) {
    try {
      send(output, { id, result: encode(await method(params, { signal })) })
    } catch (error) {
      const { data, ...said } = describe(error)
      send(output, { id, error: { ...said, data: encode(data) } })
    } finally {
      calls.delete(id)
    }
  }

  function take(message: unknown): void {
    const { jsonrpc, id, method, params = {} } = isObject(message) ? message : {}
    const isCall = typeof id === 'string' || typeof id === 'number'
    const isValid = jsonrpc === '2.0' && typeof method === 'string' && (isCall || id === undefined)
    if (!isValid) {
      refuse(isCall ? id : null, invalidRequest)
    } else if (!isCall) {
      // Nothing else is known, and a notification is never answered (§4.1).
      if (method === 'cancel' && isObject(params)) calls.get(params.id as Id)?.controller.abort()
    } else if (calls.has(id)) {
      refuse(id, invalidRequest)
    } else if (!Object.hasOwn(methods, method)) {
      refuse(id, methodNotFound)
    } else if (!isObject(params)) {
      refuse(id, invalidParams)
    } else {
      call(id, methods[method] as Method, params)
    }
  }

  function call(id: Id, method: Method, params: Record<string, unknown>): void {
    const controller = new AbortController()
    calls.set(id, { controller, end: answer(id, method, params, controller.signal) })
  }

  function refuse(id: Id | null, error: ErrorObject): void {
    send(output, { id, error })
  }

  for await (const line of linesOf(input)) {
    let message: unknown
    try {
      message = JSON.parse(line)
    } catch {
      refuse(null, parseError)
      continue
    }
    take(message)
  }
  const unfinished = [...calls.values()]
  for (const { controller } of unfinished) controller.abort()
  await Promise.allSettled(unfinished.map(({ end }) => end))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function send(output: Writable, message: object): void {
  output.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
}
