import { OktaConnectError } from '@connect-okta/core'
import {
  type CheckedApiRequest,
  checkApiRequest,
  jsonBodyOf,
  type RequestField,
  withQuery,
} from '@connect-okta/core/api'
import { described } from '@connect-okta/core/keys'
import { apiPath } from '../input/api-path.js'
import { readFileOrStdin } from '../input/read-input.js'
import type { Io } from '../io.js'

/** The flags and arguments that describe a request. */
export interface RequestFlags {
  /** The method; the path if there is no {@link path}. */
  readonly method: string
  readonly path: string | undefined
  readonly field: readonly string[] | undefined
  readonly rawField: readonly string[] | undefined
  readonly header: readonly string[] | undefined
  readonly input: string | undefined
}

/**
 * Reads the request that the command line describes.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export async function readRequest(flags: RequestFlags, io: Io): Promise<CheckedApiRequest> {
  const { field = [], rawField = [], header = [], input } = flags
  const hasBody = input !== undefined || field.length + rawField.length > 0
  const [method, given] = methodAndPath(flags, hasBody)
  const path = apiPath(given)
  // Checked before any file is read.
  const request = checkApiRequest({ method, path, headers: Object.fromEntries(header.map(parseHeader)) })
  if (input !== undefined) return checkApiRequest({ ...request, body: await readBody(input, io) })
  const fields: RequestField[] = rawField.map(splitField)
  for (const text of field) fields.push(await readField(text, io))
  if (fields.length === 0) return request
  const isQuery = ['GET', 'HEAD', 'DELETE'].includes(request.method)
  if (isQuery || flags.path === undefined) rejectInPath(path, fields)
  if (isQuery) return { ...request, path: withQuery(path, fields) }
  rejectRepeated(fields.map(([name]) => name))
  return checkApiRequest({ ...request, body: jsonBodyOf(fields) })
}

// A server uses only one of two values of a query parameter. Without a method, a body may not be intended.
function rejectInPath(path: string, fields: readonly RequestField[]): void {
  const { searchParams } = new URL(path, 'https://example.okta.com')
  const name = fields.map(([one]) => one).find(one => searchParams.has(one))
  if (name === undefined) return
  throw new OktaConnectError('options_invalid', `The field ${shownName(name)} is also in the path.`, {
    hint: 'Specify it once, as a field or in the query of the path. To send fields in the body, add a method, such as POST.',
  })
}

function methodAndPath({ method, path }: RequestFlags, hasBody: boolean): readonly [method: string, path: string] {
  if (path !== undefined) return /[/:]/.test(method) && isMethod(path) ? [path, method] : [method, path]
  if (!isMethod(method)) return [hasBody ? 'POST' : 'GET', method]
  throw new OktaConnectError('options_invalid', `Missing argument: connect-okta api ${method.toUpperCase()} PATH`, {
    hint: 'Add a path such as /api/v1/users.',
  })
}

function isMethod(text: string): boolean {
  return /^(get|head|post|put|patch|delete|options)$/i.test(text)
}

async function readBody(file: string, io: Io): Promise<Buffer> {
  try {
    return await readFileOrStdin(file, 'body', io)
  } catch (error) {
    // curl accepts a file as @FILE.
    if (file.startsWith('@')) return await readFileOrStdin(file.slice(1), 'body', io)
    if (!/^\s*[[{]/.test(file)) throw error
    throw new OktaConnectError('options_invalid', 'Option --input is the path of a file, not JSON.', {
      hint: "Use fields, such as -F name=value. Or pipe the body: echo 'JSON' | connect-okta api POST PATH --input -",
    })
  }
}

// A member has one value in JSON. The last one would replace the others.
function rejectRepeated(names: readonly string[]): void {
  const name = names.find((one, index) => !one.endsWith('[]') && names.indexOf(one) !== index)
  if (name === undefined) return
  throw new OktaConnectError('options_invalid', `The field ${shownName(name)} is specified more than once.`, {
    hint: `Specify it once. For a list, write ${isShown(name) ? name : 'NAME'}[]=VALUE for each item.`,
  })
}

function shownName(name: string): string {
  return isShown(name) ? name : `(${described(name)})`
}

// Another text may be a secret.
function isShown(name: string): boolean {
  return /^[A-Za-z][A-Za-z.[\]-]{0,23}$/.test(name)
}

function parseHeader(line: string): [name: string, value: string] {
  const [, name, value] = /^([^:\s]+):(.*)$/s.exec(line) ?? []
  if (name !== undefined && value !== undefined) return [name, value.trim()]
  throw new OktaConnectError('options_invalid', `Invalid header (${described(line)}).`, { hint: 'Write: Name: value' })
}

async function readField(text: string, io: Io): Promise<RequestField> {
  const [name, value] = splitField(text)
  return [name, await typedValue(value, io)]
}

function splitField(text: string): [name: string, value: string] {
  const at = text.indexOf('=')
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)]
  throw new OktaConnectError('options_invalid', `Invalid field (${described(text)}).`, { hint: 'Write: name=value' })
}

async function typedValue(value: string, io: Io): Promise<unknown> {
  if (value.startsWith('@')) {
    const hint = '@ names a file, and -f (--raw-field) sends the value as text. To read stdin, use @-.'
    return String(await readFileOrStdin(value.slice(1), 'field', io, hint))
  }
  if (value === 'true') return true
  if (value === 'false') return false
  if (value === 'null') return null
  // A number whose text would change, such as an ID with a leading zero, stays text.
  return /^-?\d+$/.test(value) && String(Number(value)) === value ? Number(value) : value
}
