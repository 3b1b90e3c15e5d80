import type { Command } from './command.js'
import { command as token } from './commands/token.js'

/** A command, before its module is loaded. */
export interface ListedCommand {
  /** Its name and its arguments, in the notation of yargs. */
  readonly usage: string
  /** Its name and its arguments, for users. Default: {@link usage}. */
  readonly shownUsage?: string
  /** What it does, without a period. */
  readonly describe: string
  /** Whether the help lists it before the other commands. Default: false. */
  readonly isCommon?: true
  // Each command has a type of its own for its flags.
  load(): Promise<{ readonly command: Command<never> }>
}

/** Every command, in the order of the help. Each is loaded when it runs. */
export const commandList: readonly ListedCommand[] = [
  {
    usage: 'login',
    describe: 'Sign in to an Okta org, in a browser or with a key',
    isCommon: true,
    load: () => import('./commands/login.js'),
  },
  {
    usage: 'status',
    describe: 'List your sign-ins and the expiry of their tokens',
    isCommon: true,
    load: () => import('./commands/status.js'),
  },
  {
    usage: 'token',
    describe: 'Print a valid access token',
    isCommon: true,
    // Scripts run it most often: it is part of the chunk that is loaded at the start.
    load: async () => ({ command: token }),
  },
  {
    usage: 'api <method> [path]',
    shownUsage: 'api [METHOD] PATH',
    describe: 'Call the Okta API',
    isCommon: true,
    load: () => import('./commands/api.js'),
  },
  {
    usage: 'exec',
    describe: 'Run a program with a token in its environment variables',
    isCommon: true,
    load: () => import('./commands/exec.js'),
  },
  {
    usage: 'logout',
    describe: 'Revoke and delete a token',
    isCommon: true,
    load: () => import('./commands/logout.js'),
  },
  {
    usage: 'doctor',
    describe: 'Diagnose a connection, and show how to fix problems',
    isCommon: true,
    load: () => import('./commands/doctor.js'),
  },
  {
    usage: 'profiles [action] [name]',
    shownUsage: 'profiles [ACTION] [NAME]',
    describe: 'List, show, select and remove saved connections',
    load: () => import('./commands/profiles.js'),
  },
  {
    usage: 'header',
    describe: 'Print the headers for one request, with a DPoP proof if the token requires it',
    load: () => import('./commands/header.js'),
  },
  {
    usage: 'proxy',
    describe: 'Run a local proxy that adds a token to the requests of other programs',
    load: () => import('./commands/proxy.js'),
  },
  {
    usage: 'keygen',
    describe: 'Generate a private key for an app',
    load: () => import('./commands/keygen.js'),
  },
  {
    usage: 'serve',
    describe: 'Run the broker, which issues tokens to programs over HTTP',
    load: () => import('./commands/serve.js'),
  },
  {
    usage: 'completion <shell>',
    shownUsage: 'completion SHELL',
    describe: 'Print a completion script for bash, zsh, fish or PowerShell',
    load: () => import('./commands/completion.js'),
  },
]
