import { expandHome, listProfiles, readSettings } from '@connect-okta/core/profiles'
import type { Command, CommonFlags } from '../command.js'
import { listFlag } from '../input/list-flag.js'
import type { Terminal } from '../output/terminal.js'

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
    config: {
      type: 'string',
      requiresArg: true,
      valueName: 'FILE',
      describe: 'The configuration file. Without it, the broker issues tokens for your profiles',
    },
    listen: {
      type: 'string',
      requiresArg: true,
      valueName: 'HOST:PORT',
      describe: 'The address to listen on; default: listen in the configuration, or localhost:8090',
    },
    'behind-proxy': {
      ...listFlag,
      valueName: 'PROXY',
      isAdvanced: true,
      describe: 'The address of a reverse proxy that terminates TLS, or the number of proxies',
    },
    'new-secret': {
      type: 'boolean',
      default: false,
      describe: 'Print a new client secret, and its digest for the configuration',
    },
    schema: { type: 'boolean', default: false, describe: 'Print the JSON schema of the configuration file' },
  },
  examples: [
    ['$0 serve', 'Issue tokens for your profiles. Prints a new client secret at each start'],
    ['$0 serve --config broker.yaml', 'Issue tokens for the connections in a configuration file'],
    ['$0 serve --new-secret', 'Generate a client secret'],
  ],

  async run({ config, listen, store, behindProxy, newSecret, schema }, terminal) {
    const { io } = terminal
    const { printConfigSchema, printNewSecret, serve } = await import('@connect-okta/server')
    const needsProfile = config === undefined && !newSecret && !schema
    if (needsProfile && terminal.canPrompt && !(await hasConnection(terminal))) {
      terminal.info('No profiles found. Sign in to create one.')
      await createProfile(store, terminal)
      if (terminal.exitCode !== 0) return
    }
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

// The broker serves all profiles, or else the connection of the environment.
async function hasConnection({ io: { environment } }: Terminal): Promise<boolean> {
  const { values, profile } = await readSettings({}, {}, environment)
  return (profile ?? values.tenant) !== undefined || (await listProfiles(environment)).length > 0
}

async function createProfile(store: string | undefined, terminal: Terminal): Promise<void> {
  const { command } = await import('./login.js')
  const nothing = { redirectUri: undefined, loginHint: undefined, timeout: undefined }
  const switches = { new: false, browser: true, device: false, manual: false, force: false }
  await command.run({ ...terminal.options, ...nothing, ...switches, store, profile: 'default' }, terminal)
}
