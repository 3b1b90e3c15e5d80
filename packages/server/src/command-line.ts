import { parseArgs } from 'node:util'
import { OktaConnectError } from '@connect-okta/core'
import type { ServeOptions } from './serve.js'

/** What a command line of the broker asks for. */
export type CommandLine =
  | { readonly command: 'serve'; readonly options: ServeOptions }
  | { readonly command: 'replace_key'; readonly connection: string; readonly options: ServeOptions }
  | { readonly command: 'help' | 'new_secret' | 'schema' }

export const usage = `Usage: connect-okta-server [OPTIONS]

Runs the broker, which issues access tokens for Okta APIs over HTTP. Without a configuration file, it issues tokens for your
profiles to programs on this machine. See https://connect-okta.github.io/connect-okta/broker.

  --config FILE         the configuration file; SIGHUP reloads it
  --listen HOST:PORT    the address to listen on; default: listen in the configuration, or localhost:8090
  --store NAME          the token store: auto, file, memory or redis://HOST:PORT
  --behind-proxy PROXY  the address of a reverse proxy that terminates TLS (repeat it for each proxy), or the number of proxies
  --new-secret          print a new client secret, and its digest for the configuration
  --replace-key NAME    replace the managed key of a connection immediately; requires --config. Running brokers use the new key within a minute
  --schema              print the JSON schema of the configuration
`

const commands = { help: 'help', 'new-secret': 'new_secret', schema: 'schema' } as const

/** @throws {@link OktaConnectError} `options_invalid` */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const { help, 'new-secret': newSecret, schema, ...values } = parse(args)
  if (help) return { command: commands.help }
  const [command, ...others] = [newSecret && commands['new-secret'], schema && commands.schema].filter(Boolean)
  if (command) {
    if (others.length === 0 && Object.keys(values).length === 0) return { command }
    throw invalid('--new-secret and --schema accept no other options.')
  }
  const [config, listen, store] = (['config', 'listen', 'store'] as const).map(name => onlyValue(name, values[name]))
  const behindProxy = values['behind-proxy']
  if (behindProxy?.includes('')) throw invalid('--behind-proxy is empty.')
  const options = { config, listen, store, behindProxy }
  const connection = onlyValue('replace-key', values['replace-key'])
  if (connection === undefined) return { command: 'serve', options }
  if (config === undefined) throw invalid('--replace-key needs --config.')
  const ignored = Object.entries({ listen, 'behind-proxy': behindProxy }).find(([, value]) => value !== undefined)
  if (ignored !== undefined) throw invalid(`--${ignored[0]} has no effect with --replace-key.`)
  return { command: 'replace_key', connection, options }
}

function parse(args: readonly string[]) {
  const text = { type: 'string', multiple: true } as const
  const flag = { type: 'boolean' } as const
  const options = { config: text, listen: text, store: text, 'behind-proxy': text, 'replace-key': text }
  try {
    return parseArgs({
      args: [...args],
      options: { ...options, 'new-secret': flag, schema: flag, help: { ...flag, short: 'h' } },
    }).values
  } catch (cause) {
    throw invalid(messageOf(cause as Error & { code?: string }, Object.keys(options)))
  }
}

function onlyValue(name: string, values: readonly string[] = []): string | undefined {
  if (values.length > 1) throw invalid(`--${name} can be specified only once.`)
  if (values[0]?.trim() === '') throw invalid(`--${name} is empty.`)
  return values[0]
}

// Only the name of an option is repeated: any other argument may be a secret.
function messageOf({ message, code }: Error & { code?: string }, withValue: readonly string[]): string {
  const option = /^(?:Unknown option|Option) '(?:-\w, )?(--?[a-z][a-z-]{0,30})[ =']/.exec(message)?.[1]
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') return 'Unexpected argument without an option.'
  if (option === undefined) return 'Invalid option.'
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `Unknown option: ${option}.`
  return withValue.includes(option.slice(2)) ? `${option} requires a value.` : `${option} does not accept a value.`
}

function invalid(message: string): OktaConnectError {
  return new OktaConnectError('options_invalid', message, { hint: 'See connect-okta-server --help.' })
}
