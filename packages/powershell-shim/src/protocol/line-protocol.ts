import type { Readable, Writable } from 'node:stream'
import { isRecord } from '../is-record.js'
import { readLines } from './read-lines.js'

/*
 * The protocol between the PowerShell module and this program: one line of UTF-8 a message, its parts separated by one space.
 *
 * The module writes (Invoke-NodeRequest.ps1):
 *
 *   request ID METHOD JSON      calls a method with the parameters in a JSON object. An ID is a number, used once.
 *   continue ID                 the pipeline has processed an output of that call
 *   signature ID JSON           the response to `sign`: {"signature":"…"} in Base64, or {"message":"…","hint":"…"}
 *   cancel ID                   cancels that call, which still gets a response
 *
 * This program writes:
 *
 *   output ID CLIXML            an output of the call, which waits for `continue` before it proceeds: a pipeline may call
 *                               other methods for each output, or need no further ones
 *   sign ID CLIXML              requests a signature that the call needs, with a key that only the module has: the data in
 *                               Base64, and the algorithm
 *   ok ID CLIXML                the result of the call, which has ended
 *   error ID CLIXML             the error of the call, as in failure.ts
 *   unknown-session ID CLIXML   the call names a session that this process does not have. The module calls `restore`, then
 *                               the method again
 *   notice NAME CLIXML          an event during a call, such as a sign-in that waits for the user
 *
 * Any other line is ignored. The end of the input cancels all calls and ends the program. Calls may overlap. No response
 * repeats what a request contained, which may be a secret.
 */

/** The context of a call: what a method gets in addition to its parameters. */
export interface CallContext {
  /** Fires when the module cancels the call, or has ended. */
  readonly signal: AbortSignal
  /** Writes an output of the call. Resolves when the pipeline has processed it, or the call is cancelled. */
  writeOutput(value: unknown): Promise<void>
  /** Requests a signature, and resolves with the response of the module, or `undefined` if the call is cancelled. One at a time. */
  requestSignature(request: object): Promise<unknown>
}

/** One method. The program reports what it throws as an error. */
export type Method = (params: Record<string, unknown>, context: CallContext) => Promise<unknown>

/** How a call failed. */
export interface Failure {
  readonly status: 'error' | 'unknown-session'
  readonly content: unknown
}

/** Where responses go. */
export interface Channel {
  readonly output: Writable
  /** Returns a value as CLIXML, without line breaks. */
  readonly encode: (value: unknown) => string
}

interface Options extends Channel {
  readonly input: Readable
  readonly methods: Readonly<Record<string, Method>>
  readonly describe: (error: unknown) => Failure
}

/** Returns a function that writes notices. */
export function noticeWriter({ output, encode }: Channel): (name: string, content: unknown) => void {
  return (name, content) => output.write(`notice ${name} ${encode(content)}\n`)
}

/** A call that has not ended. */
interface Call {
  readonly controller: AbortController
  readonly end: Promise<void>
}

/** Responds to requests until the input ends and every call has settled. */
export async function serve({ input, output, encode, methods, describe }: Options): Promise<void> {
  const calls = new Map<string, Call>()
  // By ID: resolves the output that a call waits for.
  const continuations = new Map<string, () => void>()
  // By ID: resolves the signature that a call waits for.
  const signatures = new Map<string, (response: unknown) => void>()

  async function writeOutput(id: string, value: unknown, { aborted }: AbortSignal): Promise<void> {
    if (aborted) return
    const line = `output ${id} ${encode(value)}\n`
    await new Promise<void>(resolve => {
      continuations.set(id, resolve)
      output.write(line)
    })
  }

  async function requestSignature(id: string, request: object): Promise<unknown> {
    return await new Promise(resolve => {
      signatures.set(id, resolve)
      output.write(`sign ${id} ${encode(request)}\n`)
    })
  }

  async function respond(id: string, call: () => Promise<unknown>): Promise<void> {
    try {
      output.write(`ok ${id} ${encode(await call())}\n`)
    } catch (error) {
      const { status, content } = describe(error)
      output.write(`${status} ${id} ${encode(content)}\n`)
    } finally {
      calls.delete(id)
      continuations.delete(id)
      signatures.delete(id)
    }
  }

  function start(id: string, name: string, json: string): void {
    const controller = new AbortController()
    const { signal } = controller
    const context = {
      signal,
      writeOutput: (value: unknown) => writeOutput(id, value, signal),
      requestSignature: (request: object) => requestSignature(id, request),
    }
    const call = async () => await methodNamed(name, methods)(parametersIn(json), context)
    calls.set(id, { controller, end: respond(id, call) })
  }

  function cancel(id: string): void {
    calls.get(id)?.controller.abort()
    continuations.get(id)?.()
    signatures.get(id)?.(undefined)
  }

  for await (const line of readLines(input)) {
    // `s`, because JSON may contain U+2028.
    const [, id = '', name = '', json = ''] = /^request (\d+) (\w+) (.*)$/s.exec(line) ?? []
    if (id !== '' && !calls.has(id)) start(id, name, json)
    const [, signed = '', response = ''] = /^signature (\d+) (.*)$/s.exec(line) ?? []
    signatures.get(signed)?.(objectIn(response))
    continuations.get(/^continue (\d+)$/.exec(line)?.[1] ?? '')?.()
    cancel(/^cancel (\d+)$/.exec(line)?.[1] ?? '')
  }
  const unfinished = [...calls]
  for (const [id] of unfinished) cancel(id)
  await Promise.allSettled(unfinished.map(([, { end }]) => end))
}

function methodNamed(name: string, methods: Readonly<Record<string, Method>>): Method {
  if (!Object.hasOwn(methods, name)) throw new Error('There is no such method.')
  return methods[name] as Method
}

function parametersIn(json: string): Record<string, unknown> {
  const parameters = objectIn(json)
  if (parameters === undefined) throw new Error('The parameters are not a JSON object.')
  return parameters
}

// The error of `JSON.parse` would show a part of the text.
function objectIn(json: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}
