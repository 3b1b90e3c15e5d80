import type { Readable, Writable } from 'node:stream'

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

interface Options {
  readonly input: Readable
  readonly output: Writable
  readonly methods: Readonly<Record<string, Method>>
  readonly describe: (error: unknown) => ErrorObject
}

interface Message {
  readonly id?: unknown
  readonly method?: unknown
  readonly params?: Record<string, unknown>
}

const parseError: ErrorObject = { code: -32700, message: 'Parse error' }
const invalidRequest: ErrorObject = { code: -32600, message: 'Invalid Request' }

/** Makes a function that sends notifications to whoever reads `output`. */
export function notifier(output: Writable): (method: string, params: unknown) => void {
  return (method, params) => send(output, { method, params })
}

/**
 * Answers JSON-RPC 2.0 requests, one UTF-8 line a message, until the input ends; calls may overlap. `cancel` with an `id`
 * ends the call that has it. At the end of the input every call is ended.
 *
 * @see https://www.jsonrpc.org/specification
 */
export async function serve({ input, output, methods, describe }: Options): Promise<void> {
  const calls = new Map<unknown, { readonly controller: AbortController; readonly end: Promise<void> }>()

  async function answer(id: unknown, method: Method, params: Record<string, unknown>, signal: AbortSignal) {
    try {
      const result = await method(params, { signal })
      send(output, { id, result: result ?? null })
    } catch (error) {
      send(output, { id, error: describe(error) })
    } finally {
      calls.delete(id)
    }
  }

  function take({ id, method, params = {} }: Message): void {
    if (method === 'cancel') {
      calls.get(params.id)?.controller.abort()
    } else if (id === undefined || id === null || typeof method !== 'string') {
      send(output, { id: id ?? null, error: invalidRequest })
    } else {
      call(id, method, params)
    }
  }

  function call(id: unknown, name: string, params: Record<string, unknown>): void {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined
    if (method === undefined) {
      send(output, { id, error: { code: -32601, message: `Method not found: ${name}` } })
    } else {
      const controller = new AbortController()
      calls.set(id, { controller, end: answer(id, method, params, controller.signal) })
    }
  }

  for await (const line of linesOf(input)) {
    const message = parse(line)
    if (message === undefined) send(output, { id: null, error: parseError })
    else take(message)
  }
  const unfinished = [...calls.values()]
  for (const { controller } of unfinished) controller.abort()
  await Promise.allSettled(unfinished.map(({ end }) => end))
}

// Not node:readline: it also ends lines at U+2028, which JSON texts may hold as it is.
async function* linesOf(input: Readable): AsyncGenerator<string> {
  let rest = ''
  for await (const chunk of input.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    yield* lines.filter(line => line.trim() !== '')
  }
}

function parse(line: string): Message | undefined {
  try {
    const message: unknown = JSON.parse(line)
    return typeof message === 'object' && message !== null ? message : {}
  } catch {
    return undefined
  }
}

function send(output: Writable, message: object): void {
  output.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
}
