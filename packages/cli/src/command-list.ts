import type { Command } from './command.js'
import { command as token } from './commands/token.js'

/** A command, before its module is loaded. */
export interface ListedCommand {
  /** Its name and its arguments, in the notation of yargs. */
  readonly usage: string
  readonly describe: string
  // Each command has a type of its own for its flags.
  load(): Promise<{ readonly command: Command<never> }>
}

/** Every command, in the order of the help text. Each is loaded when it runs. */
export const commandList: readonly ListedCommand[] = [
  {
    usage: 'login',
    describe: 'Sign in to an Okta org, in the browser or with a key',
    load: () => import('./commands/login.js'),
  },
  {
    usage: 'token',
    describe: 'Print a valid access token; opens a browser only with --interactive',
    // Scripts run it most often: it is part of the chunk that is loaded at the start.
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
    usage: 'exec',
    describe: 'Run another program with a token in the variables that it reads',
    load: () => import('./commands/exec.js'),
  },
  {
    usage: 'proxy',
    describe: 'Send the requests of other programs to Okta, with a valid token (local proxy)',
    load: () => import('./commands/proxy.js'),
  },
  {
    usage: 'status',
    describe: 'List your sign-ins, and when their tokens expire',
    load: () => import('./commands/status.js'),
  },
  {
    usage: 'profiles [action] [name]',
    describe: 'List, show, select and remove saved connections',
    load: () => import('./commands/profiles.js'),
  },
  {
    usage: 'logout',
    describe: 'Delete a token, and revoke it at Okta',
    load: () => import('./commands/logout.js'),
  },
  {
    usage: 'keygen',
    describe: 'Generate a client key for an app',
    load: () => import('./commands/keygen.js'),
  },
  {
    usage: 'doctor',
    describe: 'Find out why a connection fails, and how to fix it',
    load: () => import('./commands/doctor.js'),
  },
  {
    usage: 'serve',
    describe: 'Serve tokens to programs over HTTP (the broker)',
    load: () => import('./commands/serve.js'),
  },
  {
    usage: 'completion <shell>',
    describe: 'Print the script for completion in bash, zsh, fish or PowerShell',
    load: () => import('./commands/completion.js'),
  },
]
