import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { isOktaConnectError, OktaConnectError } from '@connect-okta/core'
import { described } from '@connect-okta/core/keys'
import { readStdin } from '../input/read-input.js'
import type { Io } from '../io.js'
import { readInput } from './read-body.js'

/** A request to the API, all but its authorization. */
export interface ApiRequest {
  readonly method: string
  /** A path, or a URL of the org. */
  readonly target: string
  /** By their names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string | Buffer | undefined
}

/** The flags of a request. */
export interface RequestFlags {
  readonly method: string
  readonly path: string | undefined
  readonly field: readonly string[] | undefined
  readonly rawField: readonly string[] | undefined
  readonly header: readonly string[] | undefined
  readonly input: string | undefined
}

/**
 * Builds the request that the flags describe.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export async function buildRequest(flags: RequestFlags, io: Io): Promise<ApiRequest> {
  const fields = await readFields(flags, io)
  const hasBody = flags.input !== undefined || fields.length > 0
  const [method, target] =
    flags.path === undefined ? [hasBody ? 'POST' : 'GET', flags.method] : [flags.method.toUpperCase(), flags.path]
  if (!/^[A-Z]{1,20}$/.test(method) || !/^\/|^https?:\/\//.test(target)) {
    throw invalid(
      flags.path === undefined
        ? `The argument is neither a path nor a URL (${described(target)}).`
        : `A method (${described(method)}) and a path (${described(target)}): this is no request.`,
      'Write a method and a path: connect-okta api GET /api/v1/users',
    )
  }
  if (/^(CONNECT|TRACE|TRACK)$/.test(method)) {
    throw invalid(`The method ${method} cannot be sent.`, 'Use GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS.')
  }
  const headers = new Map([['accept', 'application/json']])
  for (const line of flags.header ?? []) addHeader(headers, line)
  if (method === 'GET' || method === 'HEAD' || (method === 'DELETE' && flags.input === undefined)) {
    if (flags.input !== undefined) throw invalid(`${method} takes no body.`, 'Leave --input out, or use POST or PUT.')
    return { method, target: withQuery(target, fields), headers, body: undefined }
  }
  if (hasBody && !headers.has('content-type')) headers.set('content-type', 'application/json')
  const body = flags.input === undefined ? jsonOf(fields) : await readFileOrStdin(flags.input, io)
  return { method, target, headers, body }
}

interface Field {
  readonly name: string
  readonly value: unknown
}

async function readFields({ field = [], rawField = [] }: RequestFlags, io: Io): Promise<readonly Field[]> {
  const fields: Field[] = rawField.map(split)
  for (const text of field) {
    const { name, value } = split(text)
    fields.push({ name, value: await understood(value, io) })
  }
  return fields
}

function split(text: string): { name: string; value: string } {
  const at = text.indexOf('=')
  if (at > 0) return { name: text.slice(0, at), value: text.slice(at + 1) }
  throw invalid(`A field has no name or no value (${described(text)}).`, 'Write name=value.')
}

async function understood(value: string, io: Io): Promise<unknown> {
  if (value.startsWith('@')) return String(await readFileOrStdin(value.slice(1), io))
  if (value === 'true') return true
  if (value === 'false') return false
  if (value === 'null') return null
  // A number that would come out changed, such as an id with a leading zero, stays a text.
  return /^-?\d+$/.test(value) && String(Number(value)) === value ? Number(value) : value
}

function withQuery(target: string, fields: readonly Field[]): string {
  if (fields.length === 0) return target
  const query = new URLSearchParams(fields.map(({ name, value }) => [name, String(value)] as [string, string]))
  return `${target}${target.includes('?') ? '&' : '?'}${query}`
}

function jsonOf(fields: readonly Field[]): string | undefined {
  if (fields.length === 0) return undefined
  const root: Record<string, unknown> = Object.create(null)
  for (const { name, value } of fields) put(root, name, value)
  return JSON.stringify(root)
}

// profile[name]=Ada is a member of an object, groups[]=00g1 one more of a list, as gh api has them.
function put(root: Record<string, unknown>, name: string, value: unknown): void {
  const [, first = '', rest = ''] = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name) ?? []
  if (first === '') throw invalid(`The name of a field is not possible (${described(name)}).`, 'Write a, a[b] or a[].')
  const keys = [first, ...[...rest.matchAll(/\[([^[\]]*)\]/g)].map(([, key = '']) => key)]
  let at: Record<string, unknown> | unknown[] = root
  for (const [index, key] of keys.entries()) {
    const next = keys[index + 1]
    const slot = Array.isArray(at) ? at.length : key
    const old = Array.isArray(at) ? undefined : at[key]
    if (Array.isArray(at) !== (key === '' && index > 0))
      throw invalid(`A field is a list and an object at once (${described(name)}).`, 'Choose one.')
    const made: unknown = next === undefined ? value : (old ?? (next === '' ? [] : Object.create(null)))
    if (next !== undefined && (typeof made !== 'object' || made === null)) {
      throw invalid(`A field is a value and an object at once (${described(name)}).`, 'Choose one.')
    }
    ;(at as Record<string | number, unknown>)[slot] = made
    at = made as typeof at
  }
}

// The connection to the server sets these (RFC 9110 §7.6.1, §8.6, §10.1.1), and the session the first two.
const ownHeaders =
  /^(authorization|dpop|connection|content-length|expect|host|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade)$/i

function addHeader(headers: Map<string, string>, line: string): void {
  // RFC 9110 §5.5, §5.6.2. What fetch is made of takes long to load, and is not asked here.
  const [, name = '', value = ''] = /^([\w!#$%&'*+.^`|~-]+):\s*([\t\x20-\x7e\x80-\xff]*)$/.exec(line) ?? []
  if (name === '') throw invalid(`This is no header (${described(line)}).`, 'Write Name: value, in Latin letters.')
  if (ownHeaders.test(name)) throw invalid(`${name} is set by this program.`, 'Leave it out.')
  headers.set(name.toLowerCase(), value.trim())
}

async function readFileOrStdin(file: string, io: Io): Promise<Buffer> {
  if (file === '-') return await readStdin(io)
  try {
    return await readInput(
      createReadStream(resolve(io.cwd, file), { signal: io.interruption.signal }),
      'The file of the body or field',
    )
  } catch (error) {
    if (isOktaConnectError(error)) throw error
    // Without the cause: its message repeats the path, which may be a secret.
    const { code } = error as NodeJS.ErrnoException
    throw invalid(
      `The file of a body or field cannot be read (${code}): ${described(file)}.`,
      'Name a file that is there, or - for stdin.',
    )
  }
}

function invalid(message: string, hint: string): OktaConnectError {
  return new OktaConnectError('options_invalid', message, { hint })
}
