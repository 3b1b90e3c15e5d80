import type { Command } from './command.js'
import { command as token } from './commands/token.js'

/** What is known of a command before it is loaded. */
export interface ListedCommand {
  /** Its name, and what follows it, as yargs writes it. */
  readonly usage: string
  readonly describe: string
  // A command takes its own flags, whatever they are.
  load(): Promise<{ readonly command: Command<never> }>
}

/** Every command, in the order of the help text. Each is loaded when it is asked for. */
export const commandList: readonly ListedCommand[] = [
  {
    usage: 'login',
    describe: 'Sign in to an Okta org, in the browser or with a key',
    load: () => import('./commands/login.js'),
  },
  {
    usage: 'token',
    describe: 'Print a good access token; opens no browser unless told to',
    // What programs run over and over is in the chunk that is loaded at the start.
    load: async () => ({ command: token }),
  },
  {
    usage: 'header',
    describe: 'Print the headers that authorize one request',
    load: () => import('./commands/header.js'),
  },
  {
    usage: 'api <method> [path]',
    describe: 'Call the Okta API',
    load: () => import('./commands/api.js'),
  },
  {
    usage: 'status',
    describe: 'Show what is connected, and until when',
    load: () => import('./commands/status.js'),
  },
  {
    usage: 'profiles [action] [name]',
    describe: 'List, show, choose and remove saved connections',
    load: () => import('./commands/profiles.js'),
  },
  {
    usage: 'logout',
    describe: 'Forget a token and revoke it at Okta',
    load: () => import('./commands/logout.js'),
  },
  {
    usage: 'keygen',
    describe: 'Make a client key for an app',
    load: () => import('./commands/keygen.js'),
  },
  {
    usage: 'doctor',
    describe: 'Find out what is wrong, and how to mend it',
    load: () => import('./commands/doctor.js'),
  },
  {
    usage: 'serve',
    describe: 'Hand tokens to programs over HTTP: the broker',
    load: () => import('./commands/serve.js'),
  },
  {
    usage: 'completion <shell>',
    describe: 'Print what completes commands in bash, zsh, fish or PowerShell',
    load: () => import('./commands/completion.js'),
  },
]
