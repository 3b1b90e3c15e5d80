import { z } from 'zod'

const profile = z.record(z.string(), z.unknown())
const user = z.looseObject({
  id: z.string(),
  status: z.string().optional(),
  profile: z.looseObject({ login: z.string() }).and(profile),
})
const group = z.looseObject({
  id: z.string(),
  type: z.string().optional(),
  profile: z.looseObject({ name: z.string(), description: z.string().nullish() }),
})
const key = z.looseObject({ kty: z.string(), status: z.string().nullish() })
const app = z.looseObject({
  id: z.string(),
  label: z.string().optional(),
  status: z.string().optional(),
  signOnMode: z.string().optional(),
  credentials: z
    .looseObject({
      oauthClient: z
        .looseObject({ client_id: z.string().optional(), token_endpoint_auth_method: z.string().optional() })
        .nullish(),
    })
    .nullish(),
  settings: z
    .looseObject({
      oauthClient: z
        .looseObject({
          application_type: z.string().nullish(),
          grant_types: z.array(z.string()).nullish(),
          redirect_uris: z.array(z.string()).nullish(),
          post_logout_redirect_uris: z.array(z.string()).nullish(),
          dpop_bound_access_tokens: z.boolean().nullish(),
          refresh_token: z.looseObject({ rotation_type: z.string().nullish() }).nullish(),
          jwks: z.looseObject({ keys: z.array(key) }).nullish(),
          jwks_uri: z.string().nullish(),
        })
        .nullish(),
    })
    .nullish(),
})
const withId = z.looseObject({ id: z.string() })

/** The lists of an export, and the path of the API that returns each. */
const exportSchema = z.looseObject({
  /** `/api/v1/users?filter=…`, all pages. */
  users: z.array(user).default([]),
  /** `/api/v1/groups`. */
  groups: z.array(group).default([]),
  /** `/api/v1/apps`. */
  apps: z.array(app).default([]),
  /** By group ID: `/api/v1/groups/{id}/users`, or the IDs of the users. */
  groupMembers: z.record(z.string(), z.array(withId.or(z.string()))).default({}),
  /** By app ID: `/api/v1/apps/{id}/users`, or the IDs of the users. */
  appUsers: z.record(z.string(), z.array(withId.or(z.string()))).default({}),
  /** By app ID: `/api/v1/apps/{id}/grants`. */
  appGrants: z.record(z.string(), z.array(z.looseObject({ scopeId: z.string() }))).optional(),
  /** `/api/v1/trustedOrigins`. */
  trustedOrigins: z.array(z.looseObject({ origin: z.url(), status: z.string().optional() })).default([]),
})

/** The lists of a real org, as its API returned them. */
export type OrgExport = z.output<typeof exportSchema>
export type ExportedUser = OrgExport['users'][number]
export type ExportedApp = OrgExport['apps'][number]

/** An export that cannot be read. The message names the file and the field, and quotes no values. */
export class ExportError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ExportError'
  }
}

/**
 * Reads an export: a file for each list, such as `users.json` and `groups.json`, or one file with an object of all lists.
 *
 * @param files texts by file name
 * @throws {ExportError}
 * @example parseExport({ 'users.json': '[…]', 'groupMembers.json': '{ "00g…": [ … ] }' })
 */
export function parseExport(files: Readonly<Record<string, string>>): OrgExport {
  const lists: Record<string, unknown> = {}
  const sources: Record<string, string> = {}
  for (const [file, text] of Object.entries(files)) {
    const content = parseJson(file, text)
    const name = file.replace(/^.*[\\/]/, '').replace(/\.json$/, '')
    const isList = Object.hasOwn(exportSchema.shape, name)
    for (const [list, value] of Object.entries(isList ? { [name]: content } : listsOf(file, content))) {
      if (Object.hasOwn(lists, list)) throw new ExportError(`${file}: ${list} is in ${sources[list]} too.`)
      lists[list] = value
      sources[list] = file
    }
  }
  const result = exportSchema.safeParse(lists)
  if (result.success) return result.data
  throw new ExportError(
    result.error.issues
      .map(({ path, message }) => `${sources[String(path[0])]}: ${field(path)}: ${message}`)
      .join('\n'),
  )
}

function listsOf(file: string, content: object): object {
  const unknown = Object.keys(content).find(name => !Object.hasOwn(exportSchema.shape, name))
  if (!Array.isArray(content) && unknown === undefined) return content
  const names = Object.keys(exportSchema.shape).join(', ')
  throw new ExportError(`${file}: Name the file after its list, or put lists into an object. The lists are ${names}.`)
}

function parseJson(file: string, text: string): object {
  let content: unknown
  try {
    content = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    // The message of the parser quotes the file, which has personal data.
    throw new ExportError(`${file}: The file is not valid JSON.`)
  }
  if (typeof content !== 'object' || content === null) throw new ExportError(`${file}: The file has no list.`)
  if ('errorCode' in content) throw new ExportError(`${file}: The file is an error response of the API.`)
  return content
}

function field(path: readonly PropertyKey[]): string {
  return path
    .map(step => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '')
}
