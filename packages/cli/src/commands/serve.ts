import { OktaConnectError } from '@connect-okta/core'
import type { Command, CommonFlags } from '../command.js'

interface ServeFlags extends CommonFlags {
  readonly config: string | undefined
  readonly listen: string | undefined
  readonly behindProxy: readonly string[] | undefined
  readonly newSecret: boolean
  readonly schema: boolean
}

/** `connect-okta serve`: the broker, which hands tokens to programs over HTTP. */
export const command: Command<ServeFlags> = {
  options: {
    config: { type: 'string', requiresArg: true, describe: 'The configuration, read anew at SIGHUP' },
    listen: {
      type: 'string',
      requiresArg: true,
      describe: 'HOST:PORT; localhost:8080 unless the configuration says',
    },
    'behind-proxy': {
      type: 'string',
      array: true,
      requiresArg: true,
      describe: 'The address of a proxy in front that ends TLS, or the number of proxies',
    },
    'new-secret': { type: 'boolean', default: false, describe: 'Make a secret for a caller' },
    schema: { type: 'boolean', default: false, describe: 'Print the JSON schema of the configuration' },
  },
  examples: [
    ['$0 serve', 'Your profiles, to this machine; the secret is shown once'],
    ['$0 serve --config broker.yaml', 'What a configuration says: docs/broker.md'],
    ['$0 serve --new-secret', 'A secret, and what the configuration has of it'],
  ],

  async run(flags, { io }) {
    const { serve } = await loadServer()
    // The broker drains at SIGTERM, and reads its configuration again at SIGHUP.
    io.interruption.release()
    await serve(argumentsOf(flags))
  },
}

function argumentsOf({ config, listen, store, behindProxy = [], newSecret, schema }: ServeFlags): readonly string[] {
  const named = Object.entries({ config, listen, store }).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}=${value}`],
  )
  const proxies = behindProxy.map(one => `--behind-proxy=${one}`)
  return [...named, ...proxies, ...(newSecret ? ['--new-secret'] : []), ...(schema ? ['--schema'] : [])]
}

// A package of its own: whoever only wants tokens in a shell does without a server.
async function loadServer(): Promise<typeof import('@connect-okta/server')> {
  try {
    return await import('@connect-okta/server')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new OktaConnectError('options_invalid', 'The broker is a package of its own, which is not installed.', {
      hint: 'Install it beside this one: npm install @connect-okta/server',
      cause,
    })
  }
}
