import { OktaConnectError } from '@connect-okta/core'
import type { Environment } from '@connect-okta/core/profiles'
import type { Command } from '../command.js'
import type { ConnectionFlags } from '../connection/connection-flags.js'
import { obtainSession, openConnection } from '../connection/open-connection.js'
import { listFlag } from '../input/list-flag.js'
import { type Shell, shells, shellVariables } from '../output/shell-variables.js'
import { type LoopbackAddress, startProxy } from '../proxy/start-proxy.js'
import {
  conflictingVariables,
  hasNetworkProxy,
  requireSupported,
  toolVariables,
  withoutNetworkProxy,
} from '../tools/child-environment.js'
import { chooseTools, type Tool, toolNames } from '../tools/tools.js'

const formats = ['text', 'env', 'json'] as const

interface ProxyFlags extends ConnectionFlags {
  readonly listen: string
  readonly for: readonly string[] | undefined
  readonly format: (typeof formats)[number]
  readonly shell: Shell
}

/** `connect-okta proxy`: sends the requests of other programs to Okta, with a valid token. */
export const command: Command<ProxyFlags> = {
  hasConnectionFlags: true,
  options: {
    listen: {
      type: 'string',
      requiresArg: true,
      default: 'localhost:0',
      valueName: 'HOST:PORT',
      describe: 'The loopback address and port to listen on; port 0 selects a free port',
    },
    for: {
      ...listFlag,
      valueName: 'TOOL',
      describe: `The tool whose variables --format env prints: ${toolNames.join(', ')}; default: shell`,
    },
    format: {
      type: 'string',
      requiresArg: true,
      choices: formats,
      default: 'text' as const,
      describe: 'The output format',
    },
    shell: {
      type: 'string',
      requiresArg: true,
      choices: shells,
      default: 'sh' as const,
      isAdvanced: true,
      describe: 'The shell that --format env is for',
    },
  },
  examples: [
    ['$0 proxy --profile ci', 'Run the proxy until Ctrl+C, and print its URL and its token'],
    ['$0 proxy --listen localhost:8081', 'Listen on a fixed port'],
    ['$0 proxy --for okta-sdk-nodejs --format env', 'Print the environment variables of a tool'],
  ],

  async run(flags, terminal) {
    const { signal } = terminal
    const address = parseAddress(flags.listen)
    const tools = chooseTools(flags.for ?? ['shell'], undefined)
    requireSupported(tools)
    requireProxied(tools)
    const connection = await openConnection(flags, terminal, { isTraced: false })
    const { session } = await obtainSession(connection, terminal)
    const proxy = await startProxy(session, address, terminal)
    try {
      const { url, token } = proxy
      const { orgUrl } = session
      const format = flags.json && flags.format === 'text' ? 'json' : flags.format
      const given = toolVariables(tools, { orgUrl, proxyUrl: url, token })
      const started = { url: url.origin, org: orgUrl.origin, token, variables: given }
      const { variables } = terminal.io.environment
      const all = { ...removedVariables(variables, tools), ...given }
      terminal.answer(format === 'env' ? shellVariables(all, flags.shell) : rendered(format, started))
      terminal.info('Press Ctrl+C to stop the proxy.')
      await new Promise<void>(resolve => {
        if (signal.aborted) resolve()
        signal.addEventListener('abort', () => resolve())
      })
    } finally {
      proxy.close()
    }
  },
}

interface Started {
  readonly url: string
  readonly org: string
  readonly token: string
  readonly variables: Readonly<Record<string, string>>
}

// As exec removes them. Without this machine in NO_PROXY, the token of the proxy would be sent to a proxy of the network.
function removedVariables(
  variables: Environment['variables'],
  tools: readonly Tool[],
): Readonly<Record<string, string | undefined>> {
  // Another name would be code in a shell.
  const removed = conflictingVariables(variables, tools).filter(name => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
  return {
    ...Object.fromEntries(removed.map(name => [name, undefined])),
    ...(hasNetworkProxy(variables) && withoutNetworkProxy(variables)),
  }
}

function requireProxied(tools: readonly Tool[]): void {
  for (const { name, proxied } of tools) {
    if (proxied !== undefined) continue
    throw new OktaConnectError('options_invalid', `--for ${name} cannot be used with connect-okta proxy.`, {
      hint: 'env:NAME sets only a token, but the program also needs the URL of the proxy. Use --for shell, or the name of a tool.',
    })
  }
}

function rendered(format: 'text' | 'json', { variables: _variables, ...started }: Started): string {
  switch (format) {
    case 'json':
      return JSON.stringify(started)
    case 'text':
      return [
        `The proxy forwards requests from ${started.url} to ${started.org}. Each request requires this token, which is valid until the proxy stops:`,
        '',
        `  Authorization: Bearer ${started.token}`,
        '',
        'The proxy also accepts SSWS, and Basic with the token as the password. Example:',
        '',
        // Other users of the machine can read arguments.
        `  echo 'Authorization: Bearer ${started.token}' | curl -H @- ${started.url}/api/v1/users`,
      ].join('\n')
  }
}

function parseAddress(text: string): LoopbackAddress {
  const [, host, port] = /^(localhost|127\.0\.0\.1|\[::1\])(?::(\d{1,5}))?$/i.exec(text) ?? []
  const name = host?.toLowerCase()
  const isHost = (value: string | undefined): value is LoopbackAddress['host'] => value !== undefined
  if (isHost(name) && Number(port ?? 0) < 65_536) return { host: name, port: Number(port ?? 0) }
  throw new OktaConnectError('options_invalid', '--listen must be a loopback address.', {
    hint: 'Use localhost:PORT, 127.0.0.1:PORT or [::1]:PORT. Port 0 is any free port. For other machines, run connect-okta serve.',
  })
}
