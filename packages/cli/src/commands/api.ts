import { type ApiResponse, callApi, requireSuccess, requireWholeBody, restOfBody } from '@connect-okta/core/api'
import { printPages } from '../api/print-pages.js'
import { type RequestFlags, readRequest } from '../api/read-request.js'
import { isWebPage, webPage } from '../api/web-page.js'
import type { Command } from '../command.js'
import type { ConnectionFlags } from '../connection/connection-flags.js'
import { obtainSession, openConnectionFor } from '../connection/open-connection.js'
import { mayBeChangedField } from '../input/api-path.js'
import type { Terminal } from '../output/terminal.js'
import { indentJson } from '../output/text/indent-json.js'

interface ApiFlags extends ConnectionFlags, RequestFlags {
  readonly include: boolean
  readonly paginate: boolean
}

/** `connect-okta api`: calls the Okta API. */
export const command: Command<ApiFlags> = {
  hasConnectionFlags: true,
  options: {
    field: {
      type: 'string',
      array: true,
      requiresArg: true,
      alias: 'F',
      valueName: 'NAME=VALUE',
      describe:
        'Add a field to the JSON body, or to the query of a GET, HEAD or DELETE request. true, false, null and numbers become JSON values; @FILE becomes the content of the file',
    },
    'raw-field': {
      type: 'string',
      array: true,
      requiresArg: true,
      alias: 'f',
      valueName: 'NAME=VALUE',
      describe: 'Add a field with a string value',
    },
    header: {
      type: 'string',
      array: true,
      requiresArg: true,
      alias: 'H',
      valueName: "'NAME: VALUE'",
      describe: 'Add a header',
    },
    input: {
      type: 'string',
      requiresArg: true,
      conflicts: ['field', 'raw-field'],
      valueName: 'FILE',
      describe: 'Send a file as the body, or - for stdin',
    },
    include: {
      type: 'boolean',
      default: false,
      alias: 'i',
      describe: 'Print the response status and headers before the body',
    },
    paginate: {
      type: 'boolean',
      default: false,
      describe: 'Get all pages, and print one item per line (NDJSON), or one array with --json',
    },
  },
  positionals: {
    method: { type: 'string', describe: 'The HTTP method, such as POST (default: GET, or POST with a body)' },
    path: { type: 'string', describe: 'A path, such as /api/v1/users, or a URL of the org' },
  },
  examples: [
    ['$0 api /api/v1/users/me', 'Get your own user'],
    ['$0 api GET /api/v1/users -F limit=5 -F search=\'status eq "ACTIVE"\'', 'Search users'],
    ['$0 api /api/v1/users --paginate | jq -r .profile.login', 'Print the usernames of all users'],
    ['$0 api POST /api/v1/groups -F "profile[name]=Pilots"', 'Create a group. The fields become the JSON body'],
    ['$0 api PUT /api/v1/groups/00g1 --input group.json', 'Replace a group. The body is in a file'],
  ],

  async run(flags, terminal) {
    const { signal } = terminal
    const request = await readRequest(flags, terminal.io)
    const { variables } = terminal.io.environment
    if ([...(flags.field ?? []), ...(flags.rawField ?? [])].some(field => mayBeChangedField(field, variables))) {
      terminal.info(`note: ${changedField}`)
    }
    const connection = await openConnectionFor(request.path, flags, terminal)
    const { session } = await obtainSession(connection, terminal)
    if (flags.paginate && flags.include) terminal.info('note: --include has no effect with --paginate.')
    if (flags.paginate) return await printPages(session, request, flags, terminal)
    const response = await callApi(session, request, { signal })
    if (terminal.isStdoutTerminal) {
      await requireWholeBody(response, session, 'Save it to a file: connect-okta api … > FILE')
    }
    if (flags.include) await terminal.write(headOf(response))
    await printBody(response, terminal)
    for await (const part of restOfBody(response, session, signal)) await terminal.write(part)
    if (isWebPage(response, request)) terminal.info(`note: ${webPage.message} ${webPage.hint}`)
    requireSuccess(response)
  },
}

const changedField =
  'A field value starts with a drive letter. Git Bash rewrites values that begin with a slash. Set MSYS_NO_PATHCONV=1 to send them unchanged.'

async function printBody({ body: { start: body }, headers }: ApiResponse, terminal: Terminal): Promise<void> {
  if (body.byteLength === 0) return
  const isJson = /json/.test(headers.get('content-type') ?? '')
  // Indented for a user. A program gets the exact bytes.
  if (isJson && terminal.isStdoutTerminal) return terminal.answer(indentJson(body.toString()))
  await terminal.write(body)
  if (terminal.isStdoutTerminal) await terminal.write('\n')
}

function headOf({ status, statusText, headers }: ApiResponse): string {
  const lines = [...headers].map(([name, value]) => `${name}: ${value}`)
  return `${[`HTTP ${status} ${statusText}`.trimEnd(), ...lines].join('\n')}\n\n`
}
