import { buildRequest, type RequestFlags } from '../api/api-request.js'
import { printPages } from '../api/print-pages.js'
import { type Answer, requireFits, requireSuccess, restOf, sendRequest } from '../api/send-request.js'
import type { Command } from '../command.js'
import type { ConnectionFlags } from '../connection/connection-flags.js'
import { obtainSession, openConnection } from '../connection/open-connection.js'
import type { Terminal } from '../output/terminal.js'
import { indentJson } from '../output/text/indent-json.js'

interface ApiFlags extends ConnectionFlags, RequestFlags {
  readonly include: boolean
  readonly paginate: boolean
}

/** `connect-okta api`: calls Okta. */
export const command: Command<ApiFlags> = {
  isAboutConnection: true,
  options: {
    field: {
      type: 'string',
      array: true,
      requiresArg: true,
      alias: 'F',
      describe: 'name=value of the JSON body, or of the query with GET; true, null, numbers and @FILE are understood',
    },
    'raw-field': {
      type: 'string',
      array: true,
      requiresArg: true,
      alias: 'f',
      describe: 'The same, always a text',
    },
    header: { type: 'string', array: true, requiresArg: true, alias: 'H', describe: 'Name: value' },
    input: {
      type: 'string',
      requiresArg: true,
      conflicts: ['field', 'raw-field'],
      describe: 'The file with the body; - reads stdin',
    },
    include: {
      type: 'boolean',
      default: false,
      alias: 'i',
      describe: 'Print status and headers of the answer first',
    },
    paginate: {
      type: 'boolean',
      default: false,
      describe: 'Every page, one item a line (NDJSON); with --json as one array',
    },
  },
  positionals: {
    method: { type: 'string', describe: 'GET, POST, …; or the path alone: GET, and POST with a body' },
    path: { type: 'string', describe: 'A path such as /api/v1/users, or a URL of the org' },
  },
  examples: [
    ['$0 api /api/v1/users/me', 'Who am I?'],
    ['$0 api GET /api/v1/users -F limit=5 -F search=\'status eq "ACTIVE"\'', 'Fields of a query'],
    ['$0 api /api/v1/users --paginate | jq -r .profile.login', 'Everybody, page after page'],
    ['$0 api POST /api/v1/groups -F "profile[name]=Pilots"', 'Fields of a JSON body'],
    ['$0 api PUT /api/v1/groups/00g1 --input group.json', 'A body from a file'],
  ],

  async run(flags, terminal) {
    const { signal } = terminal
    const request = await buildRequest(flags, terminal.io)
    const tenant = flags.tenant ?? originOf(request.target)
    const connection = await openConnection({ ...flags, tenant }, terminal)
    const session = await obtainSession(connection, { signal })
    if (flags.paginate) return await printPages(session, request, flags, terminal)
    const answer = await sendRequest(session, request, signal)
    if (terminal.isAnswerRead) await requireFits(answer, session, 'To save it all the same: connect-okta api … > FILE')
    if (flags.include) await terminal.write(headOf(answer))
    await printBody(answer, terminal)
    // More than fits into memory goes to a pipe or a file as it comes.
    for await (const part of restOf(answer, session, signal)) await terminal.write(part)
    requireSuccess(answer, request)
  },
}

// A full URL says which org is meant.
function originOf(target: string): string | undefined {
  return URL.canParse(target) ? new URL(target).origin : undefined
}

async function printBody({ body: { start: body }, headers }: Answer, terminal: Terminal): Promise<void> {
  if (body.byteLength === 0) return
  const isJson = /json/.test(headers.get('content-type') ?? '')
  // For a person, JSON is indented; a program gets every byte as it came.
  if (isJson && terminal.isAnswerRead) return terminal.answer(indentJson(body.toString()))
  await terminal.write(body)
  if (terminal.isAnswerRead) await terminal.write('\n')
}

function headOf({ status, statusText, headers }: Answer): string {
  const lines = [...headers].map(([name, value]) => `${name}: ${value}`)
  return `${[`HTTP ${status} ${statusText}`.trimEnd(), ...lines].join('\n')}\n\n`
}
