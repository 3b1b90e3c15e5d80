import { parseArgs } from 'node:util'
import { OktaConnectError } from '@connect-okta/core'
import type { ServeOptions } from './serve.js'

/** What a command line of the broker asks for. */
export type CommandLine =
  | { readonly command: 'serve'; readonly options: ServeOptions }
  | { readonly command: 'help' | 'new_secret' | 'schema' }

export const usage = `connect-okta-server [--config FILE]

Serves access tokens for Okta over HTTP: see docs/broker.md. Without a configuration file, it serves your profiles to this
machine.

  --config FILE         the configuration file; SIGHUP reloads it
  --listen HOST:PORT    the address to listen on; default: listen in the configuration, or localhost:8080
  --store NAME          the token store: auto, file, memory or redis://HOST:PORT
  --behind-proxy PROXY  the address of a proxy in front that terminates TLS, once for each proxy; or the number of proxies
  --new-secret          create a secret for a client, and its digest for the configuration
  --schema              print the JSON schema of the configuration
`

/** @throws {@link OktaConnectError} `options_invalid` */
export function parseCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        config: { type: 'string' },
        listen: { type: 'string' },
        store: { type: 'string' },
        'behind-proxy': { type: 'string', multiple: true },
        'new-secret': { type: 'boolean' },
        schema: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (values.help) return { command: 'help' }
    if (values['new-secret']) return { command: 'new_secret' }
    if (values.schema) return { command: 'schema' }
    const { config, listen, store, 'behind-proxy': behindProxy } = values
    return { command: 'serve', options: { config, listen, store, behindProxy } }
  } catch (cause) {
    throw new OktaConnectError('options_invalid', messageOf(cause as Error & { code?: string }), {
      hint: 'See connect-okta-server --help.',
    })
  }
}

// Only the name of an option is repeated: any other argument may be a secret.
function messageOf({ message, code }: Error & { code?: string }): string {
  const option = /^(?:Unknown option|Option) '(?:-\w, )?(--?[a-z][a-z-]{0,30})[ =']/.exec(message)?.[1]
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') return 'Unexpected argument without an option.'
  if (option === undefined) return 'Invalid option.'
  return code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION'
    ? `Unknown option: ${option}.`
    : `${option} requires a value, or does not accept one.`
}
