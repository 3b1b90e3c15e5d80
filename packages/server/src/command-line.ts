import { parseArgs } from 'node:util'
import { OktaConnectError } from '@connect-okta/core'

/** What the command line of the broker says. */
export interface ServeOptions {
  readonly config: string | undefined
  readonly listen: string | undefined
  readonly store: string | undefined
  /** Addresses, or the number of proxies. */
  readonly behindProxy: string[] | number | undefined
  /** What to do instead of serving. */
  readonly instead: 'help' | 'new_secret' | 'schema' | undefined
}

export const usage = `connect-okta-server [--config FILE]

Serves tokens of Okta connections over HTTP: docs/broker.md. Without a configuration it serves your profiles to this
machine.

  --config FILE         the configuration, read anew at SIGHUP
  --listen HOST:PORT    where to listen; localhost:8080 unless the configuration says
  --store NAME          auto, file, memory or redis://HOST:PORT
  --behind-proxy PROXY  the address of a proxy in front that ends TLS, more than once for more; or the number of proxies
  --new-secret          makes a secret for a caller, and what the configuration has of it
  --schema              prints the JSON schema of the configuration
`

/** @throws {@link OktaConnectError} `options_invalid` */
export function parseServeOptions(args: readonly string[]): ServeOptions {
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
    const instead = values.help ? 'help' : values['new-secret'] ? 'new_secret' : values.schema ? 'schema' : undefined
    const { config, listen, store, 'behind-proxy': proxies } = values
    const [only = ''] = proxies ?? []
    const behindProxy = proxies?.length === 1 && /^\d+$/.test(only) ? Number(only) : proxies
    return { config, listen, store, behindProxy, instead }
  } catch (cause) {
    throw new OktaConnectError('options_invalid', faultIn(cause as Error & { code?: string }), {
      hint: 'See connect-okta-server --help.',
    })
  }
}

// Only the name of an option is repeated: any other argument may be a secret.
function faultIn({ message, code }: Error & { code?: string }): string {
  const option = /^(?:Unknown option|Option) '(?:-\w, )?(--?[a-z][a-z-]{0,30})[ =']/.exec(message)?.[1]
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') return 'There is an argument that belongs to no option.'
  if (option === undefined) return 'An option cannot be read.'
  return code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION'
    ? `There is no option ${option}.`
    : `The value of ${option} is missing, or it has none.`
}
