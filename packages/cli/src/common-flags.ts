import type { Argv } from 'yargs'
import type { CommonFlags } from './command.js'

/** Adds the {@link CommonFlags} to every command. */
export function withCommonFlags(yargs: Argv): Argv<CommonFlags> {
  const options = {
    store: {
      type: 'string',
      requiresArg: true,
      describe: 'Where tokens are kept: auto (unless said), file, memory or redis://…',
    },
    json: { type: 'boolean', default: false, describe: 'The answer as JSON, and errors too' },
    quiet: { type: 'boolean', alias: 'q', default: false, describe: 'Say nothing but the answer and errors' },
    verbose: { type: 'boolean', alias: 'v', default: false, describe: 'Show each HTTP request, secrets masked' },
  } as const
  return yargs.options(options).group([...Object.keys(options), 'help', 'version'], 'Everywhere:')
}
