import { isOktaConnectError, OktaConnectError, type OktaSession } from '@connect-okta/core'
import { described } from '@connect-okta/core/keys'
import type { Environment } from '@connect-okta/core/profiles'
import type { Command } from '../command.js'
import type { ConnectionFlags } from '../connection/connection-flags.js'
import { type OpenConnection, obtainSession, openConnection } from '../connection/open-connection.js'
import { parseDurationMs } from '../input/duration.js'
import { listFlag } from '../input/list-flag.js'
import type { Terminal } from '../output/terminal.js'
import {
  canUseToken,
  childEnvironment,
  requireSupported,
  toolVariables,
  withoutNetworkProxy,
} from '../tools/child-environment.js'
import { overridingFiles } from '../tools/okta-yaml.js'
import { chooseTools, type Tool, toolNames } from '../tools/tools.js'

interface ExecFlags extends ConnectionFlags {
  readonly for: readonly string[] | undefined
  readonly minValidity: number | undefined
  readonly proxy: boolean
}

/** `connect-okta exec`: runs another program with a token in the variables that it reads. */
export const command: Command<ExecFlags> = {
  hasConnectionFlags: true,
  programUsage: '-- COMMAND',
  options: {
    for: {
      ...listFlag,
      valueName: 'TOOL',
      describe: `The tool that reads the token: ${toolNames.join(', ')}; default: detected from the program name`,
    },
    'min-validity': {
      type: 'string',
      requiresArg: true,
      coerce: parseDurationMs,
      valueName: 'DURATION',
      describe: 'Get a token that is valid for at least this long, such as 90s, 5m or 1h30m',
    },
    proxy: {
      type: 'boolean',
      default: false,
      describe: 'Start a local proxy that adds the token to the requests of the program',
    },
  },
  examples: [
    ['$0 exec --profile ci -- terraform plan', 'Run Terraform with a token from the profile ci'],
    ['$0 exec --for okta-sdk-python --min-validity 30m -- python sync.py', 'Run a script that uses the SDK for Python'],
    ['$0 exec --for env:TOKEN -- ./deploy.sh', 'Set the token as the variable TOKEN'],
    ['$0 exec --proxy --for okta-sdk-go -- ./sync', 'Run a program that takes longer than the lifetime of a token'],
  ],

  async run({ minValidity: minValidityMs, ...flags }, terminal) {
    const program = requireProgram(terminal)
    const tools = chooseTools(flags.for, program[0])
    requireSupported(tools)
    const connection = await openConnection(flags, terminal)
    const validity = minValidityMs === undefined ? {} : { minValidityMs }
    const { session, token } = await obtainAccess(connection, tools, flags.proxy, validity, terminal)
    for (const file of await overridingFiles(tools, terminal.io)) {
      terminal.info(
        `warning: The Python SDK reads ${file} instead of the variables that exec sets. Rename the file, or remove okta.client from it.`,
      )
    }
    const { orgUrl } = session
    const { variables } = terminal.io.environment
    const run = (given: Environment['variables']) =>
      runProgram(program, childEnvironment(variables, tools, given), terminal)
    if (token !== undefined) {
      terminal.exitCode = await run(toolVariables(tools, { orgUrl, token }))
      return
    }
    const { startProxy } = await import('../proxy/start-proxy.js')
    const proxy = await startProxy(session, { host: '127.0.0.1', port: 0 }, terminal)
    try {
      const ofProxy = toolVariables(tools, { orgUrl, token: proxy.token, proxyUrl: proxy.url })
      terminal.exitCode = await run({ ...withoutNetworkProxy(variables), ...ofProxy })
    } finally {
      proxy.close()
    }
  },
}

/** A token, if the tools can use one; else only a session, which can renew its token for the local proxy. */
async function obtainAccess(
  connection: OpenConnection,
  tools: readonly Tool[],
  isProxied: boolean,
  validity: { readonly minValidityMs?: number },
  terminal: Terminal,
): Promise<{ readonly session: OktaSession; readonly token?: string }> {
  if (!isProxied && tools.every(({ direct }) => direct !== undefined)) {
    // A stored token needs no key.
    const { session } = await obtainSession(connection, terminal, { ...validity, isOneToken: true })
    const token = await usableToken(session, tools, { ...validity, signal: terminal.signal })
    if (token !== undefined) return { session, token }
  }
  // The proxy itself prints a line for each request.
  const untraced = { ...connection.deps, fetch: terminal.io.fetch }
  const { session } = await obtainSession({ ...connection, deps: untraced }, terminal, validity)
  return { session }
}

/** The token, if the tools can use it by themselves. A token that is bound to a key, or stays with its broker, cannot leave. */
async function usableToken(
  session: OktaSession,
  tools: readonly Tool[],
  options: Parameters<OktaSession['token']>[0],
): Promise<string | undefined> {
  try {
    const { type, value } = await session.token(options)
    return type === 'Bearer' && canUseToken(tools, { orgUrl: session.orgUrl, token: value }) ? value : undefined
  } catch (error) {
    if (isOktaConnectError(error) && error.oauth?.error === 'invalid_target') return undefined
    throw error
  }
}

function requireProgram({ program }: Terminal): readonly [string, ...string[]] {
  const [name, ...args] = program ?? []
  if (name !== undefined && name.trim() !== '') return [name, ...args]
  throw new OktaConnectError('options_invalid', 'Missing command after --.', {
    hint: 'Write -- before the command to run: connect-okta exec --for terraform -- terraform plan',
  })
}

async function runProgram(
  program: readonly [string, ...string[]],
  variables: Environment['variables'],
  { io }: Terminal,
): Promise<number> {
  try {
    return await io.runProgram(program, variables)
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === undefined) throw cause
    // A word that is no usual name of a program may be a secret.
    const [name] = program
    const shown = /^[\w./\\~-]{1,80}$/.test(name) && !/[\w-]{33}/.test(name) ? name : `(${described(name)})`
    // Without the cause: its message has the arguments, which are not ours to print.
    throw new OktaConnectError('program_not_started', `Cannot start ${shown}: ${reasons[code] ?? code}.`, {
      hint: 'Check the name and PATH. To run a shell built-in or an alias, start a shell: -- sh -c "…", or on Windows: -- cmd /c "…"',
    })
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such program (ENOENT)',
  EACCES: 'not executable (EACCES)',
  EPERM: 'not permitted (EPERM)',
}
