import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { copyFile, rename, rm, stat } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { isOktaConnectError, OktaConnectError, type OktaSession } from '@connect-okta/core'
import {
  type ApiRequest,
  type ApiResponse,
  apiPages,
  callApi,
  printable,
  requireWholeBody,
  restOfBody,
  withQuery,
} from '@connect-okta/core/api'
import { isRecord } from '../is-record.js'
import { parseJson } from './parse-json.js'

/** What to do if a response is too large. */
export const requestLessHint =
  'Request fewer items at once, with a smaller limit and -Paginate, or save the response with -OutFile.'

// The rest of a body is streamed into its file.
const maxErrorBytes = 64 * 1024

/** A request of Invoke-OktaApi. */
export interface CmdletRequest {
  readonly request: ApiRequest
  readonly paginate: boolean
  /** Whether a response with an error is an output. */
  readonly skipHttpErrorCheck: boolean
  /** The file for the body of the response. */
  readonly outFile: string | undefined
}

/**
 * The request of Invoke-OktaApi for the parameters of a call.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function cmdletRequest(params: Record<string, unknown>): CmdletRequest {
  const { method, path, headers, query, body, paginate, skipHttpErrorCheck, outFile } = params
  const pairs = Array.isArray(query) ? query.map(([name, value]): [string, string] => [`${name}`, `${value}`]) : []
  const inPath = new URLSearchParams(/\?([^#]*)/.exec(`${path}`)?.[1])
  const duplicate = pairs.find(([name]) => inPath.has(name))
  if (duplicate !== undefined) {
    throw new OktaConnectError('options_invalid', `The path and -Query both have ${printable(duplicate[0])}.`, {
      hint: 'Use only one of them.',
    })
  }
  if (/[^:/]\/(?:\/|$|\?)/.test(`${path}`)) {
    throw new OktaConnectError('options_invalid', 'The path has an empty part, or ends with a slash.', {
      hint: 'Check that each variable in it has a value.',
    })
  }
  const request = {
    method: `${method}`,
    path: withQuery(`${path}`, pairs),
    headers: isRecord(headers) ? (headers as Record<string, string>) : {},
    ...(typeof body === 'string' && { body }),
    ...(isRecord(body) && { body: Buffer.from(`${body.base64}`, 'base64') }),
  }
  return {
    request,
    paginate: paginate === true,
    skipHttpErrorCheck: skipHttpErrorCheck === true,
    outFile: typeof outFile === 'string' ? outFile : undefined,
  }
}

/**
 * Sends a request to Okta's API, and returns the response; with `paginate` those of the next pages too.
 *
 * @throws {@link OktaConnectError} what `callApi` and `apiPages` throw
 */
export async function* apiResponses(
  session: OktaSession,
  { request, paginate, outFile }: CmdletRequest,
  signal: AbortSignal,
): AsyncGenerator<ApiResponse, void> {
  if (paginate) return yield* apiPages(session, request, { signal })
  const response = await callApi(session, request, {
    signal,
    ...(outFile !== undefined && { maxBytes: maxErrorBytes }),
  })
  if (outFile === undefined) await requireWholeBody(response, session, requestLessHint)
  yield response
}

/** The content of a response: the value of its JSON, else its text; `undefined` if it has none. */
export function contentOf({ headers, body }: ApiResponse): unknown {
  const text = new TextDecoder().decode(body.start)
  if (text === '') return undefined
  return /json/.test(headers.get('content-type') ?? '') ? parseJson(text) : text
}

/**
 * Saves the body of a response as it is. An earlier file is replaced when the body is complete.
 *
 * @throws {@link OktaConnectError} `store_failed`, `network_failed`, `cancelled`
 */
export async function saveBody(response: ApiResponse, session: OktaSession, path: string, signal: AbortSignal) {
  async function* chunks() {
    yield response.body.start
    yield* restOfBody(response, session, signal)
  }
  try {
    const existing = await stat(path).catch(() => undefined)
    // Such as a device.
    if (existing !== undefined && !existing.isFile()) return await pipeline(chunks, createWriteStream(path))
    await saveWhole(path, chunks, existing !== undefined)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (isOktaConnectError(error) || code === undefined) throw error
    const reason = { ENOENT: 'its folder does not exist', EISDIR: 'it is a folder' }[code] ?? code
    throw new OktaConnectError('store_failed', `The response cannot be saved in ${path}: ${reason}.`, {
      hint: 'Use -OutFile with the path of a file that you can write to.',
    })
  }
}

async function saveWhole(path: string, chunks: () => AsyncIterable<Uint8Array>, doesExist: boolean): Promise<void> {
  const temporary = `${path}.${randomUUID()}.part`
  try {
    await pipeline(chunks, createWriteStream(temporary, { flags: 'wx' }))
    // An existing file keeps its permissions, and a link its target.
    if (doesExist) await copyFile(temporary, path)
    else await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
}

/** Whether the error of a response is the result of the call. */
export function isFailed({ error }: ApiResponse, { skipHttpErrorCheck }: CmdletRequest): boolean {
  return error !== undefined && !skipHttpErrorCheck
}

/** Whether a response is one page of several, and the request sets no `limit`, which would show that this is known. */
export function isIncomplete({ headers }: ApiResponse, { request, paginate }: CmdletRequest): boolean {
  return !paginate && /rel="?next/.test(headers.get('link') ?? '') && !/[?&]limit=/.test(request.path)
}

/** The status and the headers of a response, for the variables that the user names. */
export function responseDetails({ status, headers }: ApiResponse) {
  const names = [...new Set(headers.keys())]
  return { status, headers: names.map(name => ({ name, values: (headers.get(name) ?? '').split(/, (?=<)/) })) }
}
