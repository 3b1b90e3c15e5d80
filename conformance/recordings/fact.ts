import { readdir, readFile } from 'node:fs/promises'
import type { Shape } from './shape.js'

/** What recorded responses of Okta to an operation have in common. */
export interface Fact {
  /** The number of responses, their years, and the repositories with the recordings. */
  readonly recorded: string
  readonly status: number
  /** The class of responses in `header-names.json`. */
  readonly headers: string
  /** The recorded relations of `Link` headers, for example `self next`. Default: no `Link` header. */
  readonly links?: readonly string[]
  /** The `limit` of the `self` link when the request has no `limit`. */
  readonly defaultLimit?: number
  /** Whether each response has an `Etag` header. */
  readonly etag?: boolean
  /** Default: no body. */
  readonly body?: Shape
  /** The recorded codes and messages. `ID` replaces an ID, `'NAME'` a name. */
  readonly errors?: readonly string[]
  readonly causes?: readonly string[]
}

/** The names of the recorded headers of a class of responses, separated by spaces. */
export interface HeaderNames {
  readonly recorded: string
  readonly always: string
  readonly sometimes: string
}

const folder = new URL('./facts/', import.meta.url)

/** Reads the facts of all operations, by their name. */
export async function readFacts(): Promise<ReadonlyMap<string, Fact>> {
  const names = (await readdir(folder)).filter(name => name !== 'header-names.json')
  const files = await Promise.all(names.map(readJson<Record<string, Fact>>))
  return new Map(files.flatMap(Object.entries<Fact>))
}

/** Reads the names of headers, by class of responses. */
export function readHeaderNames(): Promise<Readonly<Record<string, HeaderNames>>> {
  return readJson('header-names.json')
}

async function readJson<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(new URL(name, folder), 'utf8'))
}
