#!/usr/bin/env node
import yargs from 'yargs'
import { addHeader } from './commands/header.js'
import { addLogin } from './commands/login.js'
import { addLogout } from './commands/logout.js'
import { addStatus } from './commands/status.js'
import { addToken } from './commands/token.js'
import { openTerminal } from './terminal.js'

declare const VERSION: string

/** The command line is wrong. Told apart by its class: yargs would throw a plain error, as any bug may. */
class UsageError extends Error {}

const terminal = openTerminal()
const cli = yargs(process.argv.slice(2))
  .scriptName('connect-okta')
  .usage('$0 COMMAND\n\nAccess tokens for Okta APIs.')
  .version(VERSION)
  .option('store', { type: 'string', requiresArg: true, default: 'auto', describe: 'auto, file, memory or redis://…' })
  .option('json', { type: 'boolean', default: false, describe: 'The answer as JSON' })
  .demandCommand(1, 1, 'Name a command, such as: connect-okta login')
  .recommendCommands()
  .strict()
  .wrap(Math.min(100, process.stderr.columns ?? 100))
  .exitProcess(false)
  .fail((message, error) => {
    throw error ?? new UsageError(message)
  })

for (const add of [addLogin, addToken, addHeader, addStatus, addLogout]) add(cli, terminal)

try {
  await cli.parseAsync()
} catch (error) {
  process.exitCode = await fail(error)
}

async function fail(error: unknown): Promise<number> {
  const [{ OktaConnectError }, { renderFailure }] = await Promise.all([
    import('@connect-okta/core'),
    import('./render.js'),
  ])
  const asJson = process.argv.includes('--json')
  // A YError is about a value on the command line. Any other error that is not ours is a bug.
  if (error instanceof UsageError || (error instanceof Error && error.name === 'YError')) {
    const hint = 'See connect-okta --help.'
    return renderFailure(new OktaConnectError('options_invalid', told(error.message), { hint }), terminal, asJson)
  }
  return renderFailure(error, terminal, asJson)
}

// yargs names an unknown flag in both its spellings, and a near command without the one that is not there.
function told(message: string): string {
  const command = process.argv.slice(2).find(argument => !argument.startsWith('-'))
  if (message.startsWith('Did you mean')) return `There is no command ${command}. ${message}`
  const [, start = '', names = ''] = /^(Unknown arguments?: )(.*)$/.exec(message) ?? []
  if (start === '') return message
  const kebab = (name: string) => name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
  return `Unknown: ${[...new Set(names.split(', ').map(kebab))].join(', ')}`
}
