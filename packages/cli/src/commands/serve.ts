import { OktaConnectError } from '@connect-okta/core'
import { expandHome } from '@connect-okta/core/profiles'
import type { Command, CommonFlags } from '../command.js'
import { listFlag } from '../input/list-flag.js'

interface ServeFlags extends CommonFlags {
  readonly config: string | undefined
  readonly listen: string | undefined
  readonly behindProxy: readonly string[] | undefined
  readonly newSecret: boolean
  readonly schema: boolean
}

/** `connect-okta serve`: runs the broker, which serves tokens over HTTP. */
export const command: Command<ServeFlags> = {
  options: {
    config: { type: 'string', requiresArg: true, describe: 'The configuration file; read again at SIGHUP' },
    listen: {
      type: 'string',
      requiresArg: true,
      describe: 'HOST:PORT; default: as in the configuration, else localhost:8080',
    },
    'behind-proxy': {
      ...listFlag,
      describe: 'The address of a reverse proxy that ends TLS, or the number of proxies',
    },
    'new-secret': { type: 'boolean', default: false, describe: 'Generate a secret for a client' },
    schema: { type: 'boolean', default: false, describe: 'Print the JSON schema of the configuration' },
  },
  examples: [
    ['$0 serve', 'Serve your profiles to this machine; shows the client secret once'],
    ['$0 serve --config broker.yaml', 'Serve the connections of a configuration: docs/broker.md'],
    ['$0 serve --new-secret', 'Print a secret, and its digest for the configuration'],
  ],

  async run({ config, listen, store, behindProxy, newSecret, schema }, { io }) {
    const { printConfigSchema, printNewSecret, serve } = await loadServer()
    // The broker drains at SIGTERM, and reads its configuration again at SIGHUP.
    io.interruption.release()
    if (newSecret) return await printNewSecret()
    if (schema) return await printConfigSchema()
    await serve({
      config: config === undefined ? undefined : expandHome(config, io.environment),
      listen,
      store,
      behindProxy,
    })
  },
}

// A package of its own, so that users who only want tokens install no server.
async function loadServer(): Promise<typeof import('@connect-okta/server')> {
  try {
    return await import('@connect-okta/server')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new OktaConnectError('options_invalid', 'The broker is not installed.', {
      hint: 'Install its package next to this one: npm install @connect-okta/server',
      cause,
    })
  }
}
